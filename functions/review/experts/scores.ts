import type * as z from 'zod';
import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { Content } from '../../filing/applications/content.ts';
import type { ExpertScore } from '../../filing/applications/expert-score.ts';
import type { SubmittedDocumentSchema } from '../../filing/applications/submission.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';

/** What of an application the scores are about. */
export interface Scored {
  readonly content: Content;
  readonly submission: { readonly documents: readonly z.output<typeof SubmittedDocumentSchema>[] };
  /** By the experts' accounts. */
  readonly scores: Readonly<Record<string, ExpertScore>>;
}

/**
 * SHA-256 of the facts and materials that the guide shows to experts: a score stands as long as it does not change.
 * Documents count by what is in them; undefined where the item has no experts.
 */
export function expertBasis(
  { content, submission }: Omit<Scored, 'scores'>,
  { item }: Pick<OpenedItem, 'item'>,
): string | undefined {
  const { experts } = item;
  if (!experts) return undefined;
  const facts = Object.entries(content.facts).filter(([id]) => experts.facts.includes(id));
  const files = submission.documents
    .filter(({ material }) => experts.materials.includes(material))
    .map(({ material, sha256 }) => `${material} ${sha256}`)
    .sort();
  return contentHash({ facts: Object.fromEntries(facts), files });
}

/** The scores, by expert, that were given on what the application shows to experts now. All others are void. */
export function standingScores(
  application: Scored,
  opened: Pick<OpenedItem, 'item'>,
): Readonly<Record<string, ExpertScore>> {
  const basis = expertBasis(application, opened);
  const standing = Object.entries(application.scores).filter(([, score]) => score.contentHash === basis);
  return Object.fromEntries(standing);
}

/**
 * Holds an approval back until the experts have scored; nothing happens where the guide asks for no scores.
 * @throws DomainError scores-missing with how many are missing.
 */
export function requireScores(application: Scored, opened: Pick<OpenedItem, 'item'>): void {
  const { required, missing } = scoresMissing(application, opened);
  if (missing <= 0) return;
  throw new DomainError('scores-missing', {
    detail: {
      zh: `需 ${required} 位专家评分，还缺 ${missing} 份有效评分`,
      en: `${required} scores are asked for and ${missing} of them missing`,
    },
  });
}

/** How many scores the guide asks for, and how many of them are missing: none, or a negative number, when all are there. */
export function scoresMissing(application: Scored, opened: Pick<OpenedItem, 'item'>) {
  const required = opened.item.experts?.required ?? 0;
  return { required, missing: required - Object.keys(standingScores(application, opened)).length };
}

/** What ranks an application: a hundred times the mean of the standing totals, rounded down; undefined without any. */
export function scoreOf(application: Scored, opened: Pick<OpenedItem, 'item'>): number | undefined {
  const totals = Object.values(standingScores(application, opened)).map(({ total }) => total);
  if (totals.length === 0) return undefined;
  return Math.floor((totals.reduce((sum, total) => sum + total, 0) * 100) / totals.length);
}

/** The next version of an application, without the score of an expert. */
export function withoutScore(
  application: ApplicationIn<'sign-off'>,
  expert: string,
  at: string,
): ApplicationIn<'sign-off'> {
  const scores = Object.entries(application.scores).filter(([by]) => by !== expert);
  return {
    ...application,
    version: application.version + 1,
    updatedAt: at,
    scores: Object.fromEntries(scores),
  };
}
