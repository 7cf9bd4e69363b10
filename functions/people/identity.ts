import * as z from 'zod';
import { DomainError } from '../shared/errors.ts';
import type { Bilingual } from '../shared/text.ts';
import { KnownOrganisationSchema } from '../shared/vocabulary.ts';

/** The logins of one person, by the keyed hash of what the identity provider verified of them. */
export const IdentitySchema = z.object({
  version: z.int().min(1),
  /** Subject of the first login that was used: the person's id in everything that the system keeps. */
  person: z.string(),
  logins: z.array(z.string()),
  /** Of the logins, those that were used as an applicant's. */
  applicants: z.array(z.string()).default([]),
  /** Of the logins, those that are used no more. */
  closed: z.array(z.string()).default([]),
  /** Organisations that any of the logins belongs to, or belonged to. */
  organisations: z.array(KnownOrganisationSchema),
});
export type Identity = z.output<typeof IdentitySchema>;

const without = (logins: readonly string[], login: string) => logins.filter((one) => one !== login);
const both = <T>(some: readonly T[], others: readonly T[]) => [...new Set([...some, ...others])];

/**
 * What becomes of two identities when a login that came with the wrong one goes over to the right one. Where nobody was known
 * by the right one, the person keeps their id, so that whatever they did stays theirs.
 * @throws DomainError not-in-this-state when others stay under the id of the person whom the login would make.
 */
export function movedLogin(
  from: Identity,
  to: Identity | undefined,
  login: string,
): { readonly from: Identity; readonly to: Identity } {
  const isOnly = from.logins.length === 1;
  const isKnown = to !== undefined && to.logins.length > 0;
  if (!isKnown && !isOnly && from.person === login) {
    throw notNow({
      zh: '其他账号以该账号的编号留痕：请改为更正其他账号',
      en: 'what other logins did is kept under this one: correct the others in its place',
    });
  }
  const moves = (logins: readonly string[]) => (logins.includes(login) ? [login] : []);
  return {
    from: {
      version: from.version + 1,
      person: from.person,
      logins: without(from.logins, login),
      applicants: without(from.applicants, login),
      closed: without(from.closed, login),
      organisations: isOnly ? [] : from.organisations,
    },
    to: {
      version: (to?.version ?? 0) + 1,
      person: isKnown ? to.person : isOnly ? from.person : login,
      logins: [...(to?.logins ?? []), login],
      applicants: both(to?.applicants ?? [], moves(from.applicants)),
      closed: both(to?.closed ?? [], moves(from.closed)),
      organisations: both(to?.organisations ?? [], from.organisations),
    },
  };
}

/** An identity of which a login is used no more: it makes its person no applicant. */
export function closedLogin(identity: Identity, login: string): Identity {
  return {
    ...identity,
    version: identity.version + 1,
    applicants: without(identity.applicants, login),
    closed: both(identity.closed, [login]),
  };
}

/** Whoever acted by no login yet has no id, whatever was known by the same hash before. */
export function personOf(identity: Identity | undefined): string | undefined {
  return identity && identity.logins.length > 0 ? identity.person : undefined;
}

/** A refusal of a correction that another act has to come before. */
export function notNow(detail: Bilingual): DomainError {
  return new DomainError('not-in-this-state', { detail });
}
