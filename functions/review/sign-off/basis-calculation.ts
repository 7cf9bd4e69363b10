import type * as z from 'zod';
import type { Content } from '../../filing/applications/content.ts';
import type { Basis } from '../../filing/applications/sign-off-record.ts';
import type { SubmittedDocumentSchema } from '../../filing/applications/submission.ts';
import type { KeptNames } from '../../filing/enterprise/identity.ts';
import type { SignOffStep } from '../../policy/guides/guide-schema.ts';
import { contentHash } from '../../shared/hash.ts';

/** What is reviewed: the content and the documents of a submission. */
export interface Reviewed {
  readonly content: Content & { readonly enterprise: Pick<KeptNames, 'statedName'> };
  readonly submission: { readonly documents: readonly z.output<typeof SubmittedDocumentSchema>[] };
}

/**
 * Hashes of what a step's decision rests on: the facts and materials that the guide names for it, with the enterprise,
 * or else all of the file. Documents count by what is in them: the same file sent again changes nothing.
 */
export function basisHashes(
  { content, submission }: Reviewed,
  step: Pick<SignOffStep, 'restsOn'>,
): Pick<Basis, 'hash' | 'factsHash' | 'documentsHash'> {
  const { restsOn } = step;
  const files = submission.documents
    .filter(({ material }) => restsOn?.includes(material) ?? true)
    .map(({ material, sha256 }) => `${material} ${sha256}`)
    .sort();
  const stated = restsOn ? named(asStated(content), restsOn) : asStated(content);
  const [factsHash, documentsHash] = [contentHash(stated), contentHash(files)];
  return { hash: contentHash({ factsHash, documentsHash }), factsHash, documentsHash };
}

/** The content with the name that was stated: a reviewer who confirms it changes nothing that was decided on. */
function asStated({ enterprise: { statedName, ...enterprise }, ...content }: Reviewed['content']): Content {
  return { ...content, enterprise: { ...enterprise, name: statedName ?? enterprise.name } };
}

function named({ item, enterprise, facts }: Content, restsOn: readonly string[]) {
  const chosen = Object.entries(facts).filter(([id]) => restsOn.includes(id));
  return { item, enterprise, facts: Object.fromEntries(chosen) };
}
