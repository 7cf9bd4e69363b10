import {
  GuideProposalDetailSchema,
  GuideProposalViewSchema,
} from '../../functions/policy/guides/guide-proposal-view.ts';
import { readFromApi, sendToApi, type Target } from './api-call.ts';

const path = '/v1/guide-proposals';

/** What is proposed beside the guide. */
export interface ProposalTerms {
  readonly cause: string;
  readonly effectiveFrom?: string | undefined;
}

/**
 * Proposes a guide in the form of its file, as an operator.
 * @throws OpsError with everything the API has against it, or when nothing answers.
 */
export async function proposeGuide(document: unknown, terms: ProposalTerms, target: Target) {
  return GuideProposalViewSchema.parse(await sendToApi(target, path, { guide: document, ...terms }));
}

/** A proposed guide with what it changes. @throws OpsError */
export async function guideProposal(proposalId: string, target: Target) {
  return GuideProposalDetailSchema.parse(
    await readFromApi(target, `${path}/${encodeURIComponent(proposalId)}`),
  );
}

/** Confirms a proposed guide, or refuses it with a reason, as an approver who names what they looked at. @throws OpsError */
export async function decideGuide(
  proposalId: string,
  { contentHash, refuse }: { readonly contentHash: string; readonly refuse?: string | undefined },
  target: Target,
) {
  const decision = refuse === undefined ? { outcome: 'confirm' } : { outcome: 'refuse', reason: refuse };
  const decided = `${path}/${encodeURIComponent(proposalId)}/decision`;
  return GuideProposalViewSchema.parse(await sendToApi(target, decided, { ...decision, contentHash }));
}
