import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { guideChanges } from './guide-changes.ts';
import { changeEffects } from './guide-effects.ts';
import type { GuideProposal } from './guide-proposal.ts';
import { guideWarnings } from './guide-warnings.ts';
import type { GuideParts } from './propose-guide.ts';
import { standingGuide } from './standing-guide.ts';

const HashSchema = z.string();

/** A proposed guide in a listing. */
export const GuideProposalViewSchema = z
  .object({
    proposalId: z.string(),
    status: z.enum(['proposed', 'confirmed', 'refused']),
    version: z.string(),
    year: z.int(),
    title: BilingualSchema,
    illustrative: z.boolean(),
    contentHash: HashSchema.meta({ description: 'Of all that is proposed; a decision names it' }),
    effectiveFrom: InstantSchema.optional().meta({ description: 'Default: its confirmation' }),
    cause: z.string(),
    proposedBy: z.string(),
    proposedAt: InstantSchema,
    decidedBy: z.string().optional(),
    decidedAt: InstantSchema.optional(),
    reason: z.string().optional().meta({ description: 'Why it was refused' }),
  })
  .meta({ id: 'GuideProposal' });

const GuideChangeSchema = z
  .object({
    path: z.string().meta({ description: 'Names and ids on the way to it' }),
    old: z.string().optional().meta({ description: 'Left out where there was nothing' }),
    new: z.string().optional().meta({ description: 'Left out where there is nothing any more' }),
    effect: z.enum(changeEffects).meta({
      description:
        '`weaker` lets more in, pays more, checks less or gives people less time; of `unclear` a person judges',
    }),
    sentence: BilingualSchema,
  })
  .meta({ id: 'GuideChange' });

/** A proposed guide, whole, with what it changes. */
export const GuideProposalDetailSchema = GuideProposalViewSchema.extend({
  comparedWith: z.array(z.string()).meta({ description: 'Published versions; none for the first guide' }),
  isCurrent: z.boolean().meta({ description: 'Whether that still is what stands' }),
  changes: z.array(GuideChangeSchema),
  warnings: z
    .array(z.object({ path: z.string(), sentence: BilingualSchema }))
    .meta({ description: 'What the guide may do, and is likely not to mean' }),
  guide: z.record(z.string(), z.unknown()).meta({ description: 'Amounts in fen, under names that say so' }),
}).meta({ id: 'GuideProposalDetail' });

/** A proposed guide with every difference to what it was compared with. @throws DomainError not-found */
export async function showGuideProposal(
  parts: Pick<GuideParts, 'proposals' | 'guides'>,
  proposalId: string,
): Promise<z.input<typeof GuideProposalDetailSchema>> {
  const { proposal, guide } = await parts.proposals.require(proposalId);
  const { newest, versions } = proposal.comparedWith;
  const standing = await Promise.all(versions.map((version) => parts.guides.require(version)));
  const before = standingGuide(
    guide,
    standing.map((published) => published.guide),
  );
  return {
    ...guideProposalView(proposal),
    comparedWith: versions,
    isCurrent: newest === (await parts.guides.newest()),
    changes: guideChanges(before, guide),
    warnings: guideWarnings(guide),
    guide: { ...guide },
  };
}

/** A proposed guide with what was decided on it. */
export function guideProposalView(proposal: GuideProposal): z.input<typeof GuideProposalViewSchema> {
  const { proposalId, status, contentHash, effectiveFrom, cause, proposedBy, proposedAt } = proposal;
  const { version, year, title, illustrative } = proposal.guide;
  return {
    ...{ proposalId, status, version, year, title, illustrative, contentHash },
    ...(effectiveFrom !== undefined && { effectiveFrom }),
    ...{ cause, proposedBy, proposedAt },
    ...(proposal.status !== 'proposed' && {
      decidedBy: proposal.decision.by,
      decidedAt: proposal.decision.at,
    }),
    ...(proposal.status === 'refused' && { reason: proposal.decision.reason }),
  };
}
