import type * as z from 'zod';
import { type Actor, applicantRoles, type Role } from './actor.ts';
import type { ProblemCode } from './errors.ts';
import type { Bilingual } from './text.ts';

export type Audience =
  | 'applicant'
  | 'documents'
  | 'dossiers'
  | 'reviewer'
  | 'reconsiderations'
  | 'adjudicator'
  | 'registry'
  | 'imports'
  | 'expert'
  | 'person'
  | 'messages'
  | 'operator'
  | 'rounds'
  | 'treasury'
  | 'objections'
  | 'intake'
  | 'audit'
  | 'access'
  | 'register'
  | 'reports'
  | 'public';

/**
 * Who owns what a route is about, with the status that somebody gets who holds the role and is not the owner: 403
 * where officials may know that it exists, 404 where a stranger must not learn even that. A route whose path names
 * nothing serves every caller its own things alone.
 */
export const strangerStatus = {
  /** Nobody: whoever holds the role may. */
  none: undefined,
  /** The applicant's organisation. */
  organisation: 404,
  /** The department that a task waits for. */
  department: 403,
  /** One person alone. */
  person: 404,
  /** The person, organisation or department that a message was sent to. */
  recipient: 404,
} as const satisfies Record<string, 403 | 404 | undefined>;
export type Owner = keyof typeof strangerStatus;

/** A body that is not JSON, taken as text: in UTF-8, or sent as bytes in the encoding that it has. */
export interface TextBody {
  readonly contentType: string;
  readonly maxBytes: number;
}

/**
 * Personal data that answers hold, by what it is about: names and codes of organisations are public, and who decided
 * something is part of the decision.
 */
export const personalData = [
  'account',
  'documents',
  'dossier',
  'enterprise',
  'objector',
  'people',
  'stored',
] as const;
export type PersonalData = (typeof personalData)[number];

/** The content type of bytes, which the gateway hands on as they are. */
export const bytesType = 'application/octet-stream';

/**
 * The contract of one route: who may call it, what it takes and what it answers. The API's routes, the checks at run
 * time and the OpenAPI document all come from it.
 */
export interface RouteContract {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with its parameters in braces, as API Gateway writes it. */
  readonly path: `/${string}`;
  /** Roles of which the caller needs one. None: anybody, without a login. */
  readonly roles: readonly Role[];
  /** Who among them: a role alone opens nothing that has an owner. */
  readonly owner: Owner;
  readonly summary: Bilingual;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Headers by their lower-case names. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly text?: TextBody;
  readonly response: {
    readonly status: 200 | 201 | 202 | 204;
    readonly body?: z.ZodType;
    /** Other than JSON, e.g. `text/html`; the handler then answers with a string, or with bytes. */
    readonly contentType?: string;
    /** What the caller may ask for beside it; the handler then sets the header `content-type`. */
    readonly otherContentTypes?: readonly string[];
  };
  /** Personal data of others in its answers: each answer leaves a row that says who read it. Default: none. */
  readonly personal?: readonly PersonalData[];
  /** Problems of its own, beside the ones every route can have. */
  readonly problems: readonly ProblemCode[];
}

/** What a client may do in people's names: apply, or work as officials do. Environments give these names of their own. */
export const scopes = ['apply', 'work'] as const;
export type Scope = (typeof scopes)[number];

/** The scopes of a route, of which a token needs one, each with the roles that it is for; none of a public route. */
export function scopesOf({ roles }: Pick<RouteContract, 'roles'>): (readonly [Scope, readonly Role[]])[] {
  const byScope = Map.groupBy(roles, (role): Scope => (applicantRoles.includes(role) ? 'apply' : 'work'));
  return scopes.flatMap((scope) => {
    const held = byScope.get(scope);
    return held ? [[scope, held] as const] : [];
  });
}

/** Roles whose people move money, change rules and grant rights. */
const powerful: readonly Role[] = ['operator', 'budget-approver', 'access-admin'];

/**
 * Whether a route asks how somebody has logged in: whatever is done by the powerful alone, and the account that an
 * enterprise is paid to.
 */
export function asksForStrongLogin({
  method,
  path,
  roles,
}: Pick<RouteContract, 'method' | 'path' | 'roles'>): boolean {
  if (method === 'GET' || roles.length === 0) return false;
  return roles.every((role) => powerful.includes(role)) || path.startsWith('/v1/bank-account');
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** A request after its parts were checked against the contract. */
export interface RouteRequest<C extends RouteContract> {
  /** The caller; of a public route there is none. */
  readonly actor: C['roles'] extends readonly [] ? undefined : Actor;
  readonly params: Parsed<C['params']>;
  readonly query: Parsed<C['query']>;
  readonly headers: Parsed<C['headers']>;
  readonly body: Parsed<C['body']>;
  readonly text: C['text'] extends TextBody ? string : undefined;
  /** Address that the request came from; empty where the gateway does not say. */
  readonly source: string;
  /** The same as it was sent, for whoever looks at a signature. */
  readonly bytes: C['text'] extends TextBody ? Uint8Array : undefined;
}

/** What a handler answers; the body is cut down to what the contract declares. */
export interface RouteAnswer<C extends RouteContract> {
  readonly body?: C['response']['body'] extends z.ZodType
    ? z.input<C['response']['body']>
    : C['response']['contentType'] extends string
      ? string | Uint8Array
      : undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Applications that it tells of, where neither the path nor the body names them. */
  readonly about?: readonly string[];
}

/** One handler for each contract of an audience: a missing one is a type error. */
export type RouteHandlers<T extends Readonly<Record<string, RouteContract>>> = {
  readonly [K in keyof T]: (request: RouteRequest<T[K]>) => Promise<RouteAnswer<T[K]>>;
};
