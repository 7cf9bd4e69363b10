import { type Actor, applicantRoles, type Role, roles } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';
import type { DepartmentId } from '../shared/vocabulary.ts';

/** Roles that are granted to officials in the system; those of applicants come from what verifies enterprises. */
export const grantedRoles = roles.filter((role) => !applicantRoles.includes(role));

/** Roles that somebody has in a department alone. */
const departmental: readonly Role[] = [
  ...(['district-reviewer', 'lead-reviewer', 'department-lead', 'adjudicator'] as const),
];

/** Whether a role is had in a department, or in none. */
export function isDepartmental(role: Role): boolean {
  return departmental.includes(role);
}

/**
 * Roles that one person never has together, by whatever login: whoever asks and whoever decides, who proposes and who
 * confirms, who audits, who grants.
 */
const apart: readonly (readonly [readonly Role[], with_: readonly Role[] | 'any'])[] = [
  [applicantRoles, 'any'],
  [['operator'], ['budget-approver']],
  [['auditor'], 'any'],
  [['access-admin'], 'any'],
];

/** Whether somebody has roles that are to be kept apart. */
export function areApart(held: readonly Role[]): boolean {
  return apart.some(([some, others]) => {
    const rest = held.filter((role) => !some.includes(role));
    return (
      held.some((role) => some.includes(role)) &&
      (others === 'any' ? rest.length > 0 : rest.some((role) => others.includes(role)))
    );
  });
}

/** @throws DomainError login-refused for roles that are to be kept apart. */
export function requireCompatible(held: readonly Role[]): void {
  if (!areApart(held)) return;
  throw new DomainError('login-refused', {
    faults: [
      {
        path: 'token.roles',
        rule: 'roles-apart',
        message: {
          zh: '申报、经办、复核、审计、授权等角色不得由同一人兼任，无论使用哪个账号登录',
          en: 'one person does not apply and decide, propose and confirm, or audit or grant beside anything else, by any login',
        },
      },
    ],
  });
}

/** A role that somebody has by a grant in force; without a department it is the same in all. */
export interface HeldRole {
  readonly role: Role;
  readonly department?: DepartmentId | undefined;
}

/**
 * The roles that a login acts in: of those it claims, what applicants have, and what was granted to its person in the
 * department that it claims.
 * @param isApplicant whether any login of the person is an applicant's.
 * @throws DomainError login-refused for a person of whom all logins together have roles that are to be kept apart.
 */
export function admittedRoles(
  claimed: Pick<Actor, 'roles' | 'department'>,
  { isApplicant, held }: { readonly isApplicant: boolean; readonly held: readonly HeldRole[] },
): Role[] {
  const asked = claimed.roles.filter((role) => applicantRoles.includes(role));
  requireCompatible([
    ...held.map(({ role }) => role),
    ...asked,
    ...(isApplicant ? applicantRoles.slice(0, 1) : []),
  ]);
  const isHeld = (role: Role) =>
    held.some(
      (one) => one.role === role && (one.department === undefined || one.department === claimed.department),
    );
  return claimed.roles.filter((role) => asked.includes(role) || isHeld(role));
}
