import type { DynamoGuideSource, PublishedGuide } from './guide-store.ts';
import type { GuideHeader } from './policy-book.ts';

/** Every published guide without its items, lowest version first. */
export async function listGuides(parts: { readonly guides: DynamoGuideSource }) {
  return (await parts.guides.list()).map(guideEntry);
}

/** A published guide, whole. @throws DomainError not-found */
export async function showGuide(parts: { readonly guides: DynamoGuideSource }, version: string) {
  const published = await parts.guides.require(version);
  return { ...guideEntry(published), guide: { ...published.guide } };
}

function guideEntry({ guide, publishedBy, confirmedBy, ...publication }: PublishedGuide<GuideHeader>) {
  const { version, year, title, illustrative } = guide;
  const { publishedAt, effectiveFrom, proposalId, contentHash } = publication;
  return {
    ...{ version, year, title, illustrative, publishedAt, effectiveFrom, proposalId, contentHash },
    ...{ publishedBy: publishedBy.id, confirmedBy: confirmedBy.id },
  };
}
