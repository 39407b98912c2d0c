import type { HttpRequest, HttpResponse } from '../../transport/types.js';
import type { Api } from '../api.js';
import { HttpError, json } from '../types.js';

/** `GET /v1/rooms/{id}/status`: for anyone, and nothing private in it. */
export async function status(
  api: Api,
  request: HttpRequest,
  params: Readonly<Record<string, string>>,
): Promise<HttpResponse> {
  const tenant = api.authenticator.tenant(request.query.get('tenant') ?? undefined);
  if (!tenant) throw new HttpError('tenant_unknown');
  const live = await api.directory.get(tenant.id, params['id'] ?? '');
  if (!live) throw new HttpError('room_unknown');
  const { state, startsAt, endsAt } = live.room.rules.all.room;
  return json(
    200,
    { status: state, startsAt, endsAt, viewers: live.presence.count, serverTime: api.now() },
    { 'cache-control': 'no-store' },
  );
}
