import { applicantRoles, type Role } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';
import { contentHash } from '../shared/hash.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import type { Bilingual } from '../shared/text.ts';
import type { DepartmentId } from '../shared/vocabulary.ts';
import { type Access, type Grant, type GrantIn, inForce } from './access.ts';
import { areApart, isDepartmental } from './role-rules.ts';

/** A role that somebody proposes for a person. */
export interface StatedGrant {
  readonly role: Role;
  readonly department?: DepartmentId | undefined;
  readonly until: string;
  readonly reason: string;
}

export type GrantDecision =
  | { readonly outcome: 'confirm'; readonly contentHash: string }
  | { readonly outcome: 'refuse'; readonly contentHash: string; readonly reason: string };

/** What is known of a person beside grants. */
export interface Standing {
  /** Id of the person, where any login of theirs was used. */
  readonly person: string | undefined;
  /** Whether any of their logins is an applicant's. */
  readonly isApplicant: boolean;
  /** Roles that they have by the deployment. */
  readonly initial: readonly Role[];
}

/** Who acts, and when. */
export interface By {
  readonly by: string;
  readonly at: string;
}

/** Ended grants that are kept at hand; rows keep all. */
const mostEnded = 100;

/**
 * Looks at what is stated by itself.
 * @param departments those that there are.
 * @param longestDays for how long a role is granted at most.
 * @throws DomainError invalid-request
 */
export function checkStated(
  { role, department, until }: Omit<StatedGrant, 'reason'>,
  departments: ReadonlySet<string>,
  now: Date,
  longestDays: number,
): void {
  if (isDepartmental(role) !== (department !== undefined)) {
    throw refused('department', 'of-the-role', {
      zh: isDepartmental(role) ? '该角色须指明部门' : '该角色不属于任何部门',
      en: isDepartmental(role) ? 'this role is had in a department' : 'this role is had in no department',
    });
  }
  if (department !== undefined && !departments.has(department)) {
    throw refused('department', 'unknown', { zh: '没有这个部门', en: 'there is no such department' });
  }
  if (until < shanghaiDate(now)) throw refused('until', 'past', { zh: '该日已过', en: 'that day is over' });
  if (until > lastDay(now, longestDays)) {
    throw refused('until', 'too-late', {
      zh: `授权最长 ${longestDays} 天`,
      en: `a role is granted for ${longestDays} days at most`,
    });
  }
}

/** The last day of a grant of so many days that begins today. */
export function lastDay(now: Date, days: number): string {
  return shanghaiDate(new Date(now.getTime() + days * 86_400_000));
}

/** A proposal of the same person that waits and says the same; another's may be one that nobody can confirm any more. */
export function waiting(
  access: Access | undefined,
  stated: StatedGrant,
  by: string,
): GrantIn<'proposed'> | undefined {
  return access?.grants.find(
    (grant): grant is GrantIn<'proposed'> =>
      grant.status === 'proposed' &&
      grant.proposedBy === by &&
      isSameRole(grant, stated) &&
      grant.until === stated.until &&
      grant.reason === stated.reason,
  );
}

/**
 * Access with a proposal that waits for a second person.
 * @throws DomainError same-person for one of one's own; roles-apart.
 */
export function proposedGrant(
  access: Access | undefined,
  reference: string,
  standing: Standing,
  stated: StatedGrant,
  { grantId, by, now }: { readonly grantId: string; readonly by: string; readonly now: Date },
): { access: Access; grant: GrantIn<'proposed'> } {
  if (standing.person === by) throw new DomainError('same-person');
  requireApart(access, standing, stated.role, now);
  const { role, department, until, reason } = stated;
  const content = {
    ...{ grantId, role, ...(department !== undefined && { department }), until, reason },
    ...{ proposedBy: by, proposedAt: now.toISOString() },
  };
  const grant = {
    status: 'proposed' as const,
    ...content,
    contentHash: contentHash({ reference, ...content }),
  };
  return { access: next(access, reference, [...(access?.grants ?? []), grant]), grant };
}

/**
 * Access after a second person's decision; decided so before by the same one, it stays as it is.
 * @throws DomainError not-found; version-mismatch for the hash of something else; same-person for whoever proposed it or is
 * to have it; not-in-this-state when it is decided otherwise or was ended; deadline-passed; roles-apart.
 */
export function decidedGrant(
  access: Access,
  standing: Standing,
  grantId: string,
  decision: GrantDecision,
  { by, now }: { readonly by: string; readonly now: Date },
): { access: Access; grant: Grant } {
  const grant = required(access, grantId);
  if (grant.contentHash !== decision.contentHash) throw new DomainError('version-mismatch');
  if (grant.proposedBy === by || standing.person === by) throw new DomainError('same-person');
  if (grant.status !== 'proposed') {
    if (isRepeated(grant, decision, by)) return { access, grant };
    throw new DomainError('not-in-this-state');
  }
  const act: By = { by, at: now.toISOString() };
  if (decision.outcome === 'refuse') {
    const to = { ...grant, status: 'refused' as const, ended: { ...act, reason: decision.reason } };
    return { access: replaced(access, [to]), grant: to };
  }
  if (grant.until < shanghaiDate(now)) throw new DomainError('deadline-passed');
  requireApart(access, standing, grant.role, now);
  const to = { ...grant, status: 'granted' as const, confirmed: act };
  const before = inForce(access, now).filter((one) => isSameRole(one, grant));
  const renewed = before.map((one) => ({ ...one, status: 'renewed' as const, ended: act }));
  return { access: replaced(access, [to, ...renewed]), grant: to };
}

/**
 * Access after one person ended a grant, or a proposal; ended before, it stays as it is.
 * @throws DomainError not-found; not-in-this-state for one that was refused or renewed.
 */
export function revokedGrant(
  access: Access,
  grantId: string,
  act: By & { readonly reason: string },
): { access: Access; grant: Grant } {
  const grant = required(access, grantId);
  if (grant.status === 'revoked') return { access, grant };
  if (grant.status !== 'granted' && grant.status !== 'proposed') throw new DomainError('not-in-this-state');
  const to = { ...grant, status: 'revoked' as const, ended: act };
  return { access: replaced(access, [to]), grant: to };
}

/** What is granted until a day that is to come counts as well: the person has these roles together then. */
function requireApart(access: Access | undefined, standing: Standing, role: Role, now: Date): void {
  const held = [
    ...inForce(access, now).map((grant) => grant.role),
    ...standing.initial,
    ...(standing.isApplicant ? applicantRoles.slice(0, 1) : []),
  ];
  if (areApart([...held, role])) throw new DomainError('roles-apart');
}

function required(access: Access, grantId: string): Grant {
  const grant = access.grants.find((one) => one.grantId === grantId);
  if (!grant) throw new DomainError('not-found');
  return grant;
}

function isSameRole(
  one: Pick<Grant, 'role' | 'department'>,
  other: Pick<Grant, 'role' | 'department'>,
): boolean {
  return one.role === other.role && one.department === other.department;
}

function isRepeated(grant: Grant, decision: GrantDecision, by: string): boolean {
  if (decision.outcome === 'confirm') return grant.status === 'granted' && grant.confirmed.by === by;
  return grant.status === 'refused' && grant.ended.by === by && grant.ended.reason === decision.reason;
}

function replaced(access: Access, changed: readonly Grant[]): Access {
  const byId = new Map(changed.map((grant) => [grant.grantId, grant]));
  return next(
    access,
    access.reference,
    access.grants.map((grant) => byId.get(grant.grantId) ?? grant),
  );
}

function next(access: Access | undefined, reference: string, grants: readonly Grant[]): Access {
  const isOpen = ({ status }: Grant) => status === 'proposed' || status === 'granted';
  const ended = new Set(grants.filter((grant) => !isOpen(grant)).slice(-mostEnded));
  return {
    version: (access?.version ?? 0) + 1,
    status: 'kept',
    reference,
    grants: grants.filter((grant) => isOpen(grant) || ended.has(grant)),
    ...(access?.corrections && { corrections: access.corrections }),
    ...(access?.historyHash !== undefined && { historyHash: access.historyHash }),
  };
}

function refused(path: string, rule: string, message: Bilingual): DomainError {
  return new DomainError('invalid-request', { faults: [{ path, rule, message }] });
}
