import type { Content } from '../../filing/applications/content.ts';
import type { Suspicion } from '../../filing/applications/suspicion.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import {
  type Evidence,
  evidenceOf,
  evidencePartition,
  matterKey,
  matterPartition,
} from '../../registry/awards/matter-key.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';

/** What an application asks to be paid for. */
export interface Matter {
  /** Key of the matter under the enterprise's own credit code. */
  readonly matterKey: string;
  /** Keys of the same matter under the credit codes of the enterprises that this one continues. */
  readonly earlierKeys: readonly string[];
  /** The enterprise's own credit code, and those of the enterprises that it continues. */
  readonly usccs: readonly OrganisationCode[];
  readonly evidence: readonly Evidence[];
  /** Evidence that nobody else should have, whatever it is used for. */
  readonly numbers: readonly Evidence[];
}

/** Tests that the law itself decides: the same matter (S1), the same evidence (S2) of the same enterprise. */
export type ExactRule = Extract<Suspicion['rule'], 's1' | 's2'>;

/** A partition of the registry where something may stand against an application. */
export interface ExactPlace {
  readonly rule: ExactRule;
  /** What would be found there, in words. */
  readonly subject: string;
  readonly partition: string;
}

/**
 * What an item supports of an enterprise, by the facts that the guide names. A recognition or referral pays nothing, so
 * its evidence is kept apart: being listed with a copyright uses up no award for it, nor the other way round.
 */
export function matterOf(item: GuideItem, content: Content): Matter {
  const { uscc, predecessors } = content.enterprise;
  const usccs = [...new Set([uscc, ...predecessors])];
  const [own = uscc, ...earlier] = usccs;
  const keyUnder = (code: OrganisationCode) =>
    matterKey(item, { ...content, enterprise: { ...content.enterprise, uscc: code } });
  const numbers = evidenceOf(item, content);
  return {
    matterKey: keyUnder(own),
    earlierKeys: earlier.map(keyUnder),
    usccs,
    evidence:
      item.amount.kind === 'none'
        ? numbers.map(({ kind, number }) => ({ kind: `${item.matter.kind}/${kind}`, number }))
        : numbers,
    numbers,
  };
}

/** Where the exact rules look: at the matter and the evidence, under each of the enterprise's credit codes. */
export function placesOfMatter(matter: Matter): ExactPlace[] {
  const matters = [matter.matterKey, ...matter.earlierKeys].map((key) => ({
    rule: 's1' as const,
    subject: key,
    partition: matterPartition(key),
  }));
  const evidence = matter.usccs.flatMap((uscc) =>
    matter.evidence.map((piece) => ({
      rule: 's2' as const,
      subject: `${piece.kind} ${piece.number}`,
      partition: evidencePartition(piece, uscc),
    })),
  );
  return [...matters, ...evidence];
}

/**
 * The registry's partitions that an application must hold the claims of: its matter, under each of its credit codes, and
 * its evidence under its own. Evidence of its predecessors is looked at only, to keep within one transaction.
 */
export function claimsOf(matter: Matter): string[] {
  const own = { ...matter, usccs: matter.usccs.slice(0, 1) };
  return [...new Set(placesOfMatter(own).map(({ partition }) => partition))];
}
