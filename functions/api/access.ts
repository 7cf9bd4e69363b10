import { ReadStore } from '../audit/read-store.ts';
import { accessRoutes } from '../contracts/access.ts';
import { KmsKeyedHash } from '../filing/enterprise/kms-keyed-hash.ts';
import { AccessStore } from '../people/access-store.ts';
import { toGrantView } from '../people/access-view.ts';
import { createLogins, initialAdmins } from '../people/create-logins.ts';
import { decideCorrection } from '../people/decide-correction.ts';
import { decideGrant } from '../people/decide-grant.ts';
import { LoginStore } from '../people/login-store.ts';
import { PeopleStore } from '../people/people-store.ts';
import { type PersonsCorrection, proposeCorrection } from '../people/propose-correction.ts';
import { type PersonsGrant, proposeGrant } from '../people/propose-grant.ts';
import { AccessReviewSchema, reviewAccess, reviewCsv } from '../people/review-access.ts';
import { revokeGrant } from '../people/revoke-grant.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/access');
const tables = openTables(environment);
const callers = { ...createLogins(environment, tables.people), reads: new ReadStore(tables.reads) };
const admins = initialAdmins(environment);
const parts = {
  access: new AccessStore(tables.people),
  logins: new LoginStore(tables.people, admins),
  people: new PeopleStore(tables.people),
  clock: systemClock,
  newId: newUlid,
  keyedHash: new KmsKeyedHash(environment.IDENTITY_KEY_ARN),
  departments: new Set(environment.LOGIN_DEPARTMENTS.split(',')),
  longestDays: Number(environment.GRANT_DAYS),
};
const [csvType] = accessRoutes.reviewAccess.response.otherContentTypes;

const placeOf = <P extends { readonly personReference: string }>({
  personReference: reference,
  ...rest
}: P) => ({
  ...rest,
  reference,
});
const shown = (grant: PersonsGrant) => ({ body: toGrantView(grant, systemClock()) });

const shownCorrection = ({ reference, correction }: PersonsCorrection) => ({
  body: { reference, ...correction },
});

/** Routes of those who grant roles to officials, and of auditors who look at that. */
export const handler = httpDoor(accessRoutes, callers, {
  proposeGrant: async ({ actor, body: { reason, role, department, until, identifier, personReference } }) => {
    // The contract asks for one of both.
    const person = identifier === undefined ? { reference: personReference ?? '' } : { identifier };
    return shown(await proposeGrant(parts, actor, person, { reason, role, department, until }));
  },
  decideGrant: async ({ actor, params, body }) =>
    shown(await decideGrant(parts, actor, placeOf(params), body)),
  revokeGrant: async ({ actor, params, body }) =>
    shown(await revokeGrant(parts, actor, placeOf(params), body.reason)),
  listGrants: async ({ query }) => {
    const { people, nextCursor } = await parts.access.page(query);
    const items = people.flatMap(({ reference, grants }) =>
      grants.map((grant) => toGrantView({ reference, grant }, systemClock())),
    );
    return { body: { items, nextCursor } };
  },
  proposeCorrection: async ({ actor, body }) => shownCorrection(await proposeCorrection(parts, actor, body)),
  decideCorrection: async ({ actor, params, body }) =>
    shownCorrection(await decideCorrection(parts, actor, placeOf(params), body)),
  listCorrections: async ({ query }) => {
    const { people, nextCursor } = await parts.access.page(query);
    const items = people.flatMap(({ reference, corrections = [] }) =>
      corrections.map((correction) => ({ reference, ...correction })),
    );
    return { body: { items, nextCursor } };
  },
  reviewAccess: async ({ query: { format } }) => {
    const review = await reviewAccess(parts, admins);
    if (format === 'json') return { body: JSON.stringify(AccessReviewSchema.parse(review)) };
    return {
      body: reviewCsv(review),
      headers: {
        'content-type': csvType,
        'content-disposition': `attachment; filename="access-${review.on}.csv"`,
      },
    };
  },
});
