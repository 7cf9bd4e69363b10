import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import { shanghaiTime } from '../../shared/shanghai-date.ts';
import type { GuideProposal, GuideProposalIn } from './guide-proposal.ts';
import type { Guide } from './guide-schema.ts';
import { compareVersions, type EffectiveGuide } from './policy-book.ts';
import { standingVersions } from './standing-guide.ts';

/** `official`: what the city has published, in days. `any`: samples and rehearsals, too. */
export type AllowedGuides = 'official' | 'any';

export interface GuideRequest {
  readonly guide: Guide;
  /** Instant from which it is to count. Default: its confirmation. */
  readonly effectiveFrom?: string | undefined;
  readonly cause: string;
}

export type GuideDecision =
  | { readonly outcome: 'confirm'; readonly contentHash: string }
  | { readonly outcome: 'refuse'; readonly contentHash: string; readonly reason: string };

/** Who does it, by the subject of a token, and when. */
interface By {
  readonly by: string;
  readonly at: string;
}

/** What stands when a guide is proposed. */
export interface Standing {
  /** Hash of the newest publication. */
  readonly newest: string;
  readonly published: readonly EffectiveGuide[];
}

/** A sign-off that is asked again sooner than after a day is for rehearsals. */
const shortestExpirySeconds = 86_400;

/**
 * Refuses what an environment for real applications does not take: samples, and what is counted in seconds.
 * @throws DomainError invalid-request with every fault.
 */
export function requireAllowed(guide: Guide, allowed: AllowedGuides): void {
  if (allowed === 'any') return;
  const rehearsals: FieldFault[] = guide.items.flatMap(({ notice, signOff }, index) => [
    ...('seconds' in notice ? [fault(`guide.items.${index}.notice.seconds`, inDays)] : []),
    ...(signOff.expiresAfterSeconds < shortestExpirySeconds
      ? [fault(`guide.items.${index}.signOff.expiresAfterSeconds`, inDays)]
      : []),
  ]);
  if (guide.accountCoolingOff && 'seconds' in guide.accountCoolingOff) {
    rehearsals.push(fault('guide.accountCoolingOff.seconds', inDays));
  }
  const faults = [...(guide.illustrative ? [fault('guide.illustrative', sample)] : []), ...rehearsals];
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
}

const sample = { zh: '本环境不接受示例指南', en: 'no illustrative guide is published in this environment' };
const inDays = {
  zh: '本环境的期限应以日计，至少一日',
  en: 'in this environment it is counted in days, one at least',
};

/**
 * A guide that waits for a second person.
 * @throws DomainError invalid-request when its version does not follow those of its year, or it is to count from the past
 * or before the version that it follows.
 */
export function proposed(
  { guide, effectiveFrom, cause }: GuideRequest,
  { newest, published }: Standing,
  { by, at }: By,
): GuideProposalIn<'proposed'> {
  const last = published.filter(({ year }) => year === guide.year).at(-1);
  const faults: FieldFault[] = [];
  if (last && compareVersions(guide.version, last.version) <= 0) {
    const zh = `本年度已发布到 ${last.version}，新版本应在其后`;
    faults.push(fault('guide.version', { zh, en: `the year has come to ${last.version}: give a later one` }));
  }
  if (effectiveFrom !== undefined && isBefore(effectiveFrom, at)) {
    faults.push(fault('effectiveFrom', { zh: '生效时间不得早于现在', en: 'it is in the past' }));
  }
  if (last && isBefore(effectiveFrom ?? at, last.effectiveFrom)) {
    const time = shanghaiTime(last.effectiveFrom);
    const zh = `上一版本 ${last.version} 自 ${time} 起生效，本版本不得更早`;
    const en = `${last.version}, which it follows, counts from ${time}: it counts no earlier`;
    faults.push(fault('effectiveFrom', { zh, en }));
  }
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
  const comparedWith = { newest, versions: standingVersions(guide, published) };
  const content = { effectiveFrom, cause, comparedWith, proposedBy: by };
  const hash = contentHash({ ...content, guide });
  const { items, ...header } = guide;
  return {
    status: 'proposed',
    // The same, proposed again, is the same proposal.
    proposalId: hash.slice(0, 32),
    contentHash: hash,
    guideHash: contentHash(guide),
    guide: header,
    itemIds: items.map(({ id }) => id),
    ...content,
    proposedAt: at,
  };
}

/**
 * A proposal that somebody may decide on, or the one that they decided on so before.
 * @throws DomainError version-mismatch for the hash of something else; not-in-this-state when somebody decided otherwise
 * before; same-person for whoever proposed it.
 */
export function requireDecidable(
  proposal: GuideProposal,
  by: string,
  decision: GuideDecision,
): GuideProposal {
  if (proposal.contentHash !== decision.contentHash) throw new DomainError('version-mismatch');
  if (proposal.status !== 'proposed') {
    if (isRepeated(proposal, by, decision)) return proposal;
    throw new DomainError('not-in-this-state');
  }
  if (proposal.proposedBy === by) throw new DomainError('same-person');
  return proposal;
}

/**
 * A proposal that is published, and from when it counts.
 * @param newest hash of the newest publication.
 * @throws DomainError basis-changed when another guide was published since it was proposed; deadline-passed when it was to
 * count from an instant that is past.
 */
export function confirmed(
  proposal: GuideProposalIn<'proposed'>,
  newest: string,
  { by, at }: By,
): { readonly to: GuideProposalIn<'confirmed'>; readonly effectiveFrom: string } {
  if (proposal.comparedWith.newest !== newest) {
    throw new DomainError('basis-changed', {
      detail: {
        zh: '提出之后已有其他指南发布，请重新提出并核对差异',
        en: 'another guide was published since: propose it again, and look at what it changes',
      },
    });
  }
  const effectiveFrom = proposal.effectiveFrom ?? at;
  if (isBefore(effectiveFrom, at)) {
    throw new DomainError('deadline-passed', {
      detail: {
        zh: `生效时间 ${shanghaiTime(effectiveFrom)} 已过，请重新提出`,
        en: `it was to count from ${shanghaiTime(effectiveFrom)}, which is past: propose it again`,
      },
    });
  }
  return { to: { ...proposal, status: 'confirmed', decision: { by, at } }, effectiveFrom };
}

/** A proposal that is not published. */
export function refused(
  proposal: GuideProposalIn<'proposed'>,
  reason: string,
  by: By,
): GuideProposalIn<'refused'> {
  return { ...proposal, status: 'refused', decision: { ...by, reason } };
}

function isRepeated(
  { status, decision }: GuideProposalIn<'confirmed' | 'refused'>,
  by: string,
  again: GuideDecision,
): boolean {
  if (decision.by !== by) return false;
  if (again.outcome === 'confirm') return status === 'confirmed';
  return status === 'refused' && 'reason' in decision && decision.reason === again.reason;
}

function isBefore(one: string, other: string): boolean {
  return Date.parse(one) < Date.parse(other);
}

function fault(path: string, message: FieldFault['message']): FieldFault {
  return { path, rule: 'guide', message };
}
