import type { Actor, Role } from './actor.ts';
import { isRecord } from './records.ts';
import type { PersonalData, RouteContract } from './route.ts';

/** That an official was given personal data of others. */
export interface PersonalRead {
  /** Of the gateway: the same of a request that is handed on again. */
  readonly requestId: string;
  /** When the gateway took the request. */
  readonly at: string;
  readonly person: string;
  /** Roles by which the route let them in. */
  readonly roles: readonly Role[];
  /** Ids of the grants that these rest on. */
  readonly grants: readonly string[];
  /** Method and template of the path. */
  readonly route: string;
  readonly personal: readonly PersonalData[];
  /** What the path and the query named. */
  readonly of: Readonly<Record<string, string>>;
  readonly applications: readonly string[];
  readonly documents: readonly string[];
  /** Where the route asks for one. */
  readonly reason?: string | undefined;
}

/** Keeps what was read before it is told. */
export interface ReadRecorder {
  /** A request that is handed on again leaves what it has left. @throws when it cannot be kept: then nothing is told. */
  record(read: PersonalRead): Promise<void>;
}

/** Parts of a request that tell what was asked for. */
interface Asked {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** What is to be kept of an answer of a route that is marked, see `RouteContract.personal`. */
export function personalRead(
  { method, path, roles, personal = [] }: RouteContract,
  request: { readonly requestId: string; readonly timeEpoch: number },
  { id, roles: held, grants = [] }: Actor,
  { params, query, body }: Asked,
  answer: { readonly body?: unknown; readonly about?: readonly string[] | undefined },
): PersonalRead {
  const acting = roles.filter((role) => held.includes(role));
  const { limit: _, cursor: __, ...narrowing } = Object(query);
  const named = Object.entries({ ...Object(params), ...narrowing }).filter(([, one]) => one !== undefined);
  const of = Object.fromEntries(named.map(([name, one]) => [name, String(one)]));
  const applications = [...ownersIn(of), ...(answer.about ?? []), ...valuesOf('applicationId', answer.body)];
  return {
    requestId: request.requestId,
    at: new Date(request.timeEpoch).toISOString(),
    person: id,
    roles: acting,
    grants: grants.flatMap(({ role, grantId }) => (acting.includes(role) ? [grantId] : [])),
    route: `${method} ${path}`,
    personal,
    of,
    applications: [...new Set(applications)],
    documents: [...new Set(valuesOf('documentId', answer.body))],
    ...(isRecord(body) && typeof body['reason'] === 'string' && { reason: body['reason'] }),
  };
}

/** Ids of tasks and invitations begin with their application's. */
function ownersIn({ applicationId, taskId, invitationId }: Readonly<Record<string, string>>): string[] {
  const owned = [taskId, invitationId].flatMap((id) => id?.split('.')[0] ?? []);
  return [...(applicationId === undefined ? [] : [applicationId]), ...owned];
}

/** Texts under a name, wherever in a value. */
function valuesOf(name: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesOf(name, one));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === name && typeof one === 'string' ? [one] : valuesOf(name, one),
  );
}
