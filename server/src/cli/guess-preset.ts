import type { PresetName } from '../auth/claim-presets.js';
import { type JsonObject, member } from '../auth/strict-json.js';

const LTI_VERSION = 'https://purl.imsglobal.org/spec/lti/claim/version';
const NAMESPACED_ROLES = /^(https?:\/\/.+\/)roles?$/;

/** Whose tokens look like this one; null: nobody's that is known. */
export function guessPreset(payload: JsonObject): { readonly preset: PresetName; readonly namespace?: string } | null {
  if (member(payload, LTI_VERSION) !== undefined) return { preset: 'moodle-lti' };
  if (member(payload, 'realm_access') !== undefined) return { preset: 'keycloak' };
  if (member(payload, 'token_type') !== undefined && member(payload, 'user_id') !== undefined)
    return { preset: 'simplejwt' };
  for (const name of Object.keys(payload)) {
    const namespace = NAMESPACED_ROLES.exec(name)?.[1];
    if (namespace !== undefined) return { preset: 'auth0', namespace };
  }
  return null;
}
