import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { shanghaiTime } from '../../shared/shanghai-date.ts';
import type { GuideProposal } from './guide-proposal.ts';
import { type AllowedGuides, proposed, requireAllowed } from './guide-proposal-decision.ts';
import type { GuideProposalStore } from './guide-proposal-store.ts';
import type { Guide } from './guide-schema.ts';
import type { DynamoGuideSource } from './guide-store.ts';
import type { PolicyBook } from './policy-book.ts';

export interface GuideParts {
  readonly guides: DynamoGuideSource;
  readonly proposals: GuideProposalStore;
  readonly policy: Pick<PolicyBook, 'notice'>;
  /** What the environment takes. */
  readonly allowed: AllowedGuides;
  readonly clock: Clock;
}

/** What an operator wants published. */
export interface ProposeGuideRequest {
  /** Written as in policy/guides/*.yaml, with amounts in yuan. */
  readonly guide: unknown;
  readonly effectiveFrom?: string | undefined;
  readonly cause: string;
}

/**
 * Checks a guide and proposes it to a second person: nothing counts of it yet. The same, proposed again, is answered with
 * what became of it.
 * @throws DomainError invalid-request with every fault and its path; already-exists when the version was published with
 * other content.
 */
export async function proposeGuide(
  parts: GuideParts,
  actor: Actor,
  { guide: document, effectiveFrom, cause }: ProposeGuideRequest,
): Promise<GuideProposal> {
  if (!actor.roles.includes('operator')) throw new DomainError('forbidden');
  const guide = await checkedGuide(document, parts.policy);
  requireAllowed(guide, parts.allowed);
  return decideAgainOnConflict(async () => {
    const standing = await parts.guides.standing();
    const published = standing.published.find(({ version }) => version === guide.version);
    if (published) return samePublication(parts, guide);
    const by = { by: actor.id, at: parts.clock().toISOString() };
    const proposal = proposed({ guide, effectiveFrom, cause }, standing, by);
    const known = await parts.proposals.get(proposal.proposalId);
    if (known) return known;
    await parts.proposals.create({ proposal, guide });
    return proposal;
  });
}

async function samePublication(parts: GuideParts, { version, ...rest }: Guide): Promise<GuideProposal> {
  const publication = await parts.guides.require(version);
  if (publication.contentHash === contentHash({ version, ...rest })) {
    return (await parts.proposals.require(publication.proposalId)).proposal;
  }
  const { publishedAt, publishedBy } = publication;
  throw new DomainError('already-exists', {
    detail: {
      zh: `指南 ${version} 已于 ${shanghaiTime(publishedAt)} 由“${publishedBy.id}”发布，内容不同；已发布的版本不可更改，请使用新版本号`,
      en:
        `guide ${version} was published with other content at ${shanghaiTime(publishedAt)} by ${publishedBy.id}; ` +
        'a published version never changes: give yours a new one',
    },
  });
}

async function checkedGuide(document: unknown, policy: Pick<PolicyBook, 'notice'>): Promise<Guide> {
  // The schema and the compiler of conditions are for the few days a year on which a guide is proposed.
  const { readGuide } = await import('./read-guide.ts');
  const { guide, faults } = readGuide(document, policy.notice);
  if (guide) return guide;
  throw new DomainError('invalid-request', {
    faults: faults.map(({ path, message, zh }) => ({
      path: ['guide', ...path].join('.'),
      rule: 'guide',
      message: { zh, en: message },
    })),
  });
}
