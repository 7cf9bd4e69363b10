import * as z from 'zod';
import { type Login, RoleSchema } from '../shared/actor.ts';
import { DomainError, WeakLoginError } from '../shared/errors.ts';
import { faultsOf } from '../shared/problem.ts';
import { both, lineOf } from '../shared/text.ts';
import { hasValidCheckCharacter, plainCode } from '../shared/uscc.ts';
import { type DepartmentId, OrganisationCodeSchema, worded } from '../shared/vocabulary.ts';
import { requireCompatible } from './role-rules.ts';

/** Words of a list, as API Gateway hands it over (`[a b]`), or as other issuers write it (`a b`). */
const wordsOf = (list: string) =>
  list
    .replace(/^\[|\]$/g, '')
    .split(/[\s,]+/)
    .filter((word) => word !== '');

/** What only tokens about a login have, or about its end, which are for the portal alone (OpenID Connect Core, 2). */
const idTokenOnly = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'] as const;

/** What providers call their access tokens, those that say what a token is: none else is taken for one. */
const accessTokens = /^(access|bearer|(application\/)?at\+jwt)$/i;

/** How people log in who do what matters most: by a class of the issuer's, by a method, or as everybody does. */
export type LoginStrength = { readonly claim: 'acr' | 'amr'; readonly values: readonly string[] } | undefined;

/** Reads the variable of a door: `acr VALUE…`, `amr VALUE…` or `none`. @throws Error for another one. */
export function loginStrength(text: string): LoginStrength {
  const [claim, ...values] = text.split(' ');
  if (text === 'none') return undefined;
  if ((claim !== 'acr' && claim !== 'amr') || values.length === 0) throw new Error('LOGIN_STRENGTH is none');
  return { claim, values };
}

/** What is verified of a person, in one way of writing it. */
export const PersonIdentifierSchema = z
  .string()
  .overwrite(plainCode)
  .regex(/^[0-9A-Z][0-9A-Z._:@-]{3,63}$/, {
    error: both('缺少经核验的人员标识', 'the verified identifier of the person is missing'),
  });

type ClaimsSchema = ReturnType<typeof makeClaimsSchema>;
/** Made once for each list of departments: making it takes longer than reading the claims of a hundred requests. */
const claimsSchemas = new WeakMap<ReadonlySet<string>, ClaimsSchema>();

function claimsSchema(departments: ReadonlySet<string>): ClaimsSchema {
  const schema = claimsSchemas.get(departments) ?? makeClaimsSchema(departments);
  claimsSchemas.set(departments, schema);
  return schema;
}

/** What tokens say, in texts: a list is `[a b]`, null is `<nil>`. Of what is not named here nothing is read. */
function makeClaimsSchema(departments: ReadonlySet<string>) {
  return z
    .object({
      // `system` is nobody's: history and ledger keep what the system does under it.
      sub: z.string().regex(/^(?!system$)[\x21-\x7E]{1,128}$/, {
        error: both(
          '账号应为 1 至 128 个可见的 ASCII 字符',
          'a subject has 1 to 128 visible characters of ASCII',
        ),
      }),
      roles: z
        .union([z.string().transform(wordsOf), z.array(z.string())])
        .default([])
        .pipe(z.array(RoleSchema)),
      person: PersonIdentifierSchema,
      organisation: OrganisationCodeSchema.optional(),
      /** Some early codes in use do not have the check character that they should: the issuer says that it is so. */
      organisation_confirmed: z.union([z.boolean(), z.stringbool()]).default(false),
      organisation_name: lineOf(1, 200)
        .refine((name) => name !== '<nil>')
        .optional(),
      department: worded<DepartmentId>(
        z.string().refine((id) => departments.has(id), {
          error: both('没有这个部门', 'there is no such department'),
        }) as z.ZodString,
      ).optional(),
    })
    .refine(
      ({ organisation, organisation_confirmed }) =>
        organisation === undefined || organisation_confirmed || hasValidCheckCharacter(organisation),
      {
        path: ['organisation'],
        when: ({ issues }) => issues.length === 0,
        error: both(
          '统一社会信用代码校验位不符（GB 32100-2015）',
          'its check character does not fit (GB 32100-2015)',
        ),
      },
    );
}

/**
 * Reads who asks from the claims of a verified token. What does not fit is refused and never read in another way: a
 * department that there is not, a role that nobody knows, a code that is none.
 * @param departments ids of the departments and districts of the notice, and of the adjudicators.
 * @param personClaim the claim that holds the verified identifier of the person, the same by every login: nobody is
 * told from others without it.
 * @throws DomainError unauthenticated for a token that is no access token; login-refused with each claim that does not
 * fit.
 */
export function readClaims(
  claims: unknown,
  { departments, personClaim }: { readonly departments: ReadonlySet<string>; readonly personClaim: string },
): Login {
  const given: Readonly<Record<string, unknown>> = Object(claims);
  const isAccessToken =
    idTokenOnly.every((name) => given[name] === undefined) &&
    [given['token_use'], given['typ']].every((kind) => kind === undefined || accessTokens.test(String(kind)));
  if (!isAccessToken) {
    throw new DomainError('unauthenticated', {
      detail: { zh: '请使用访问令牌，而非身份令牌', en: 'send an access token, not an ID token' },
    });
  }
  const { data, error } = claimsSchema(departments).safeParse(
    { ...given, person: given[personClaim] },
    { reportInput: true },
  );
  if (error) throw new DomainError('login-refused', { faults: faultsOf(error, 'token') });
  requireCompatible(data.roles);
  const actor = {
    id: data.sub,
    roles: data.roles,
    ...(data.organisation !== undefined && { organisation: data.organisation }),
    ...(data.organisation_name !== undefined && { organisationName: data.organisation_name }),
    ...(data.department !== undefined && { department: data.department }),
  };
  return { actor, identifier: data.person };
}

/**
 * Looks how somebody has logged in.
 * @throws WeakLoginError when it is by none of what is asked for.
 */
export function requireStrength(claims: unknown, strength: LoginStrength): void {
  const given: Readonly<Record<string, unknown>> = Object(claims);
  if (
    !strength ||
    wordsOf(String(given[strength.claim] ?? '')).some((word) => strength.values.includes(word))
  )
    return;
  throw new WeakLoginError(strength.claim === 'acr' ? strength.values : []);
}
