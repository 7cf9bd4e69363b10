import * as z from 'zod';
import { DomainError } from './errors.ts';
import { plainCode } from './uscc.ts';
import { type DepartmentId, listed, type OrganisationCode } from './vocabulary.ts';

/** What a person may do, as the identity provider says, and of officials a grant in the system too. */
export const roles = [
  'preparer',
  'organisation-admin',
  'district-reviewer',
  'lead-reviewer',
  'department-lead',
  'expert',
  'adjudicator',
  'operator',
  'budget-approver',
  'auditor',
  'access-admin',
] as const;
export const RoleSchema = z.enum(roles);
export type Role = z.output<typeof RoleSchema>;

/** Roles of those who apply, by what their enterprise says of them; every other one is an official's. */
export const applicantRoles: readonly Role[] = ['preparer', 'organisation-admin'];

/** The person behind a request. */
export interface Actor {
  /** Subject of the token: the identity provider's id, never a name. */
  readonly id: string;
  readonly roles: readonly Role[];
  /** Unified social credit code of the applicant's organisation. */
  readonly organisation?: OrganisationCode;
  /** Of any login of the person: who belongs to one of them does not decide on it. */
  readonly organisations?: readonly OrganisationCode[];
  readonly organisationName?: string;
  /** Department of a reviewer, e.g. `gz-miit`, or `district-440106`. */
  readonly department?: DepartmentId;
  /** What makes the roles of an official count, each of its role; an administrator by the deployment has none. */
  readonly grants?: readonly { readonly role: Role; readonly grantId: string }[];
}

/**
 * Whether somebody belongs to an organisation, however either code was written: what compares people with those they
 * decide on does not rest on how something was once stored.
 */
export function belongsTo({ organisation, organisations = [] }: Actor, code: OrganisationCode): boolean {
  return [organisation ?? '', ...organisations].some((one) => plainCode(one) === plainCode(code));
}

/** In which part somebody acted: in a role, as the public, or as the system itself. */
export type ActingRole = Role | 'public' | 'system';

/** Who did something, as history rows and ledger entries keep it. */
export const ActorReferenceSchema = z.object({
  id: z.string(),
  role: listed<ActingRole>([...roles, 'public', 'system']),
});
export type ActorReference = z.output<typeof ActorReferenceSchema>;

/** The system itself, for transitions that no person takes. */
export const systemActor: ActorReference = { id: 'system', role: 'system' };

/** What a token says: who asks, and what the identity provider verified of the person behind the login. */
export interface Login {
  readonly actor: Actor;
  readonly identifier: string;
}

/** How a door learns from the claims of a verified token who asks. */
export interface Logins {
  /** @throws DomainError unauthenticated, login-refused */
  read(claims: unknown): Login;
  /** For what matters most: that somebody has logged in by more than a password. @throws WeakLoginError */
  requireStrength(claims: unknown): void;
  /**
   * The person behind a login, who is the same by every login, with the roles that they have by it.
   * @param roles of which one is needed.
   * @throws DomainError login-refused; not-granted.
   */
  join(login: Login, roles: readonly Role[]): Promise<Actor>;
}

/** For doors that everybody may use. */
export const noLogins: Logins = {
  read() {
    throw new DomainError('unauthenticated');
  },
  requireStrength: () => undefined,
  join: async ({ actor }) => actor,
};
