import { POLICY, POLICY_KEYS, type PolicyPatch } from '@lms-live/protocol';
import { runCommand } from '../run-command.js';
import { json, type RoomCall, type RoomRoute } from '../types.js';

/** `GET …/policy`: every setting, whether the teacher may change it, and whether this caller may now. */
export const get: RoomRoute = async (call) => json(200, policyOf(call));

/** `PATCH …/policy`: the settings that are named, all or none. */
export const patch: RoomRoute<PolicyPatch> = async (call) => {
  await runCommand(call, { type: 'room.change', body: { policy: { ...call.body } } });
  return json(200, policyOf(call));
};

function policyOf({ live, identity, actor }: RoomCall): object {
  const { policy, fixed } = live.room.rules.all.room;
  return Object.fromEntries(
    POLICY_KEYS.map((key) => {
      const { grant, fixed: isFixed = false } = POLICY[key];
      const teacherEditable = !isFixed && !fixed.includes(key);
      const mayChange = actor.grants.has(grant) && !isFixed && (teacherEditable || identity.role === 'service');
      return [key, { value: policy[key], teacherEditable, grant, mayChange }];
    }),
  );
}
