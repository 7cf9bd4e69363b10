import * as z from 'zod';
import type { Application } from '../../filing/applications/application.ts';
import { shapeOf } from '../../registry/awards/number-forms.ts';
import { placeOf } from '../../shared/keys.ts';
import { registry } from '../../shared/tables.ts';
import { KnownOrganisationSchema, type OrganisationCode } from '../../shared/vocabulary.ts';
import type { Matter } from './matter.ts';

/** What an application leaves where others may meet it. */
export const TraceSchema = z.object({
  applicationId: z.string(),
  organisation: KnownOrganisationSchema,
  organisationName: z.string(),
  projectName: z.string(),
  item: z.string(),
  matterKey: z.string(),
  /** Credit codes of enterprises that the applicant has said to continue. */
  predecessors: z.array(KnownOrganisationSchema).default([]),
  /** Whether it asks for money, as it does unless said otherwise, or to be recognised or referred. */
  pays: z.boolean().optional(),
  /** Its evidence; traces that were left before this was kept have none. */
  evidence: z.array(z.object({ kind: z.string(), number: z.string() })).default([]),
});
export type Trace = z.output<typeof TraceSchema>;

/** Places where applications of different enterprises, or of one, may meet. */
export const places = {
  enterprise: (uscc: OrganisationCode) => placeOf(registry, 'enterpriseTrace', { uscc }),
  evidence: (kind: string, number: string) =>
    placeOf(registry, 'evidenceTrace', { kind, number: shapeOf(number) }),
  identity: (hash: string) => placeOf(registry, 'identityTrace', { hash }),
  document: (sha256: string) => placeOf(registry, 'documentTrace', { sha256 }),
};

/** What tells the people and accounts behind an enterprise, of a draft too. */
type PersonsOf = { readonly content: { readonly enterprise: Application['content']['enterprise'] } };
type Submitted = Pick<Extract<Application, { status: 'deduplication' }>, 'content' | 'submission'>;

/** The keyed hashes of the persons and accounts behind an enterprise: enterprises that share one are linked. */
export function identitiesOf({ content: { enterprise } }: PersonsOf): string[] {
  const { legalRepresentativeHash, legalRepresentativeIdHash, bankAccountHash } = enterprise;
  // The number tells people of one name apart; the name counts where there is no number.
  const person = legalRepresentativeIdHash ?? legalRepresentativeHash;
  return [person, bankAccountHash].filter((hash) => hash !== undefined);
}

/** Of the places of its trace, those that stand for people, accounts and files. */
export function personalPlacesOf(application: PersonsOf, sha256s: readonly string[]): string[] {
  return [...new Set([...identitiesOf(application).map(places.identity), ...sha256s.map(places.document)])];
}

/** Every place that an application leaves its trace in. */
export function placesOf(application: Submitted, matter: Matter): string[] {
  return [
    ...matter.usccs.map(places.enterprise),
    ...matter.numbers.map(({ kind, number }) => places.evidence(kind, number)),
    ...identitiesOf(application).map(places.identity),
    ...application.submission.documents.map(({ sha256 }) => places.document(sha256)),
  ].filter((place, index, all) => all.indexOf(place) === index);
}
