import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Guide } from './guide-schema.ts';
import type { DynamoGuideSource, PublishedGuide } from './guide-store.ts';
import type { GuideHeader, PolicyBook } from './policy-book.ts';

export interface PublishParts {
  readonly guides: DynamoGuideSource;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

/**
 * Checks a guide, written as in policy/guides/*.yaml with amounts in yuan, and publishes it. Published versions stay
 * as they are; the same guide again is answered as the first time.
 * @throws DomainError invalid-request with every fault and its path; already-exists when the version holds another guide.
 */
export async function publishGuide(parts: PublishParts, actor: Actor, document: unknown) {
  if (!actor.roles.includes('operator')) throw new DomainError('forbidden');
  const guide = await checkedGuide(document, parts.policy);
  return guideEntry({ ...(await parts.guides.publish(guide, actor, parts.clock)), guide });
}

/** Every published guide without its items, lowest version first. */
export async function listGuides(parts: Pick<PublishParts, 'guides'>) {
  return (await parts.guides.list()).map(guideEntry);
}

/** A published guide, whole. @throws DomainError not-found */
export async function showGuide(parts: Pick<PublishParts, 'guides'>, version: string) {
  const published = await parts.guides.require(version);
  return { ...guideEntry(published), guide: { ...published.guide } };
}

function guideEntry({ guide, publishedAt, publishedBy, contentHash }: PublishedGuide<GuideHeader>) {
  const { version, year, title, illustrative } = guide;
  return { version, year, title, illustrative, publishedAt, publishedBy: publishedBy.id, contentHash };
}

async function checkedGuide(document: unknown, policy: PolicyBook): Promise<Guide> {
  // The schema and the compiler of conditions are for the one day a year on which a guide is published.
  const { readGuide } = await import('./read-guide.ts');
  const { guide, faults } = readGuide(document, policy.notice);
  if (guide) return guide;
  throw new DomainError('invalid-request', {
    faults: faults.map(({ path, message, zh }) => ({
      path: path.join('.'),
      rule: 'guide',
      message: { zh, en: message },
    })),
  });
}
