import * as z from 'zod';
import { UsccSchema } from './schemas.ts';
import { type DepartmentId, type OrganisationCode, worded } from './vocabulary.ts';

/** What a person may do, as the identity provider says. */
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
] as const;
export const RoleSchema = z.enum(roles);
export type Role = z.output<typeof RoleSchema>;

/** The person behind a request. */
export interface Actor {
  /** Subject of the token: the identity provider's id, never a name. */
  readonly id: string;
  readonly roles: readonly Role[];
  /** Unified social credit code of the applicant's organisation. */
  readonly organisation?: OrganisationCode;
  readonly organisationName?: string;
  /** Department of a reviewer, e.g. `gz-miit`, or `district-440106`. */
  readonly department?: DepartmentId;
}

/** In which part somebody acted: in a role, as the public, or as the system itself. */
export type ActingRole = Role | 'public' | 'system';

/** Who did something, as history rows and ledger entries keep it. */
export const ActorReferenceSchema = z.object({ id: z.string(), role: worded<ActingRole>(z.string()) });
export type ActorReference = z.output<typeof ActorReferenceSchema>;

/** The system itself, for transitions that no person takes. */
export const systemActor: ActorReference = { id: 'system', role: 'system' };

const ClaimsSchema = z.object({
  sub: z.string().min(1),
  roles: z.union([z.string(), z.array(z.string())]).default(''),
  // Written as in every other place, where it is a code.
  organisation: worded<OrganisationCode>(
    z
      .string()
      .min(1)
      .overwrite((text) => UsccSchema.safeParse(text).data ?? text),
  ).optional(),
  organisation_name: z.string().min(1).optional(),
  department: worded<DepartmentId>(z.string().min(1)).optional(),
});

/**
 * Reads the actor from the claims of a verified token. API Gateway hands lists over as the text `[a b]`, and other
 * issuers give roles as words between spaces: both are read, and roles we do not know are ignored.
 * @throws z.ZodError when the token has no subject.
 */
export function actorFromClaims(claims: unknown): Actor {
  const parsed = ClaimsSchema.parse(claims);
  const words = Array.isArray(parsed.roles)
    ? parsed.roles
    : parsed.roles.replace(/^\[|\]$/g, '').split(/[\s,]+/);
  const known = words.filter((word): word is Role => RoleSchema.safeParse(word).success);
  return {
    id: parsed.sub,
    roles: known,
    ...(parsed.organisation !== undefined && { organisation: parsed.organisation }),
    ...(parsed.organisation_name !== undefined && { organisationName: parsed.organisation_name }),
    ...(parsed.department !== undefined && { department: parsed.department }),
  };
}
