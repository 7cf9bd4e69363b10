import type * as z from 'zod';
import type { applicantRoutes } from '../../../functions/contracts/applicant.ts';
import type { documentRoutes } from '../../../functions/contracts/documents.ts';
import type { dossierRoutes } from '../../../functions/contracts/dossiers.ts';
import type { intakeRoutes } from '../../../functions/contracts/intake.ts';
import type { messagesRoutes } from '../../../functions/contracts/messages.ts';
import type { objectionRoutes } from '../../../functions/contracts/objections.ts';
import type { personRoutes } from '../../../functions/contracts/person.ts';
import type { publicRoutes } from '../../../functions/contracts/public.ts';
import type { reconsiderationRoutes } from '../../../functions/contracts/reconsiderations.ts';
import type { registerRoutes } from '../../../functions/contracts/register.ts';
import type { reviewerRoutes } from '../../../functions/contracts/reviewer.ts';
import type { Problem as ProblemBody } from '../../../functions/shared/problem.ts';
import type { RouteContract } from '../../../functions/shared/route.ts';
import type { Bilingual } from '../../../functions/shared/text.ts';

// Types alone: no contract, and so no schema, comes into the page.
type Contracts = typeof applicantRoutes &
  typeof documentRoutes &
  typeof intakeRoutes &
  typeof dossierRoutes &
  typeof messagesRoutes &
  typeof objectionRoutes &
  typeof personRoutes &
  typeof publicRoutes &
  typeof reconsiderationRoutes &
  typeof registerRoutes &
  typeof reviewerRoutes;
type Routes = {
  readonly [K in keyof Contracts as `${Contracts[K]['method']} ${Contracts[K]['path']}`]: Contracts[K];
};
type Key = keyof Routes;

type Taken<C, P extends string> = C extends Readonly<Record<P, z.ZodType>> ? z.input<C[P]> : undefined;
export type Answer<K extends Key> = Routes[K]['response'] extends { readonly body: z.ZodType }
  ? z.output<Routes[K]['response']['body']>
  : undefined;

interface Sent<C extends RouteContract> {
  readonly params?: Taken<C, 'params'>;
  readonly query?: Taken<C, 'query'>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Taken<C, 'body'>;
}

/** What a route answered. */
export interface Answered<K extends Key> {
  readonly body: Answer<K>;
  readonly etag: string | null;
}

/** How far the server's clock is ahead of this device's, in milliseconds: the most of all answers, since each is told late. */
let ahead: number | undefined;

/** The instant by the server's clock, in milliseconds; by this device's until it has answered. */
export const serverNow = (): number => Date.now() + (ahead ?? 0);

/** A fault of one field. */
export type Fault = NonNullable<ProblemBody['errors']>[number];

/** What the API refused, in both languages (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly said: Bilingual;
  readonly faults: readonly Fault[];

  constructor(status: number, body: Partial<ProblemBody>) {
    super(body.code ?? `status ${status}`);
    this.status = status;
    this.code = body.code ?? String(status);
    this.said = body.messages ?? unknown;
    this.faults = body.errors ?? [];
  }
}

const unknown: Bilingual = {
  zh: '系统暂时无法处理，请稍后再试',
  en: 'The system cannot do this now. Try again in a while.',
};

/** The network did not carry the request, or its answer. What was typed is kept on this device. */
export class Offline extends Error {
  override readonly name = 'Offline';
}

let token: string | undefined;
let onExpired: ((acrValues?: string) => void) | undefined;

/** Sets the access token that requests carry; none after logout. */
export function carry(accessToken: string | undefined): void {
  token = accessToken;
}

/** Says whom to tell when the API no longer takes the token. */
export function whenExpired(listener: (acrValues?: string) => void): void {
  onExpired = listener;
}

/** By what the issuer is to let somebody in, where the API asks for more than a login (RFC 9470). */
function acrValuesOf(headers: Headers): string | undefined {
  return /acr_values="([^"]*)"/.exec(headers.get('www-authenticate') ?? '')?.[1];
}

/**
 * Asks a route. @throws Problem when it refuses, Offline when the network does not answer.
 */
export async function ask<K extends Key>(
  route: K,
  sent: Sent<Extract<Routes[K], RouteContract>> = {},
): Promise<Answered<K>> {
  const [method = 'GET', pattern = '/'] = route.split(' ');
  const params: Readonly<Record<string, unknown>> = sent.params ?? {};
  const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const query = Object.entries(sent.query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const search = query.length > 0 ? `?${new URLSearchParams(query)}` : '';
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${path}${search}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(sent.body !== undefined && { 'content-type': 'application/json' }),
        ...sent.headers,
      },
      ...(sent.body !== undefined && { body: JSON.stringify(sent.body) }),
    });
    text = await response.text();
  } catch {
    throw new Offline();
  }
  const told = Date.parse(response.headers.get('date') ?? '');
  if (told > 0) ahead = Math.max(ahead ?? Number.NEGATIVE_INFINITY, told - Date.now());
  if (!response.ok) {
    if (response.status === 401 && token !== undefined) onExpired?.(acrValuesOf(response.headers));
    throw new Problem(response.status, json(text) as Partial<ProblemBody>);
  }
  return {
    // The contract that the key names is what the API answers by.
    body: (text === '' ? undefined : json(text)) as Answer<K>,
    etag: response.headers.get('etag'),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
