import { decideGuide } from '../../functions/policy/guides/decide-guide.ts';
import type { GuideProposal } from '../../functions/policy/guides/guide-proposal.ts';
import { type AllowedGuides, proposed } from '../../functions/policy/guides/guide-proposal-decision.ts';
import { GuideProposalStore } from '../../functions/policy/guides/guide-proposal-store.ts';
import type { Guide } from '../../functions/policy/guides/guide-schema.ts';
import { DynamoGuideSource } from '../../functions/policy/guides/guide-store.ts';
import type { GuideParts } from '../../functions/policy/guides/propose-guide.ts';
import type { Clock } from '../../functions/shared/clock.ts';
import type { Table } from '../../functions/shared/table.ts';
import { policy } from './rooms.ts';

/** What guides are proposed and published with. */
export function guidePartsOn(
  table: Table<'policy'>,
  clock: Clock,
  allowed: AllowedGuides = 'any',
): GuideParts {
  const stores = { guides: new DynamoGuideSource(table, clock), proposals: new GuideProposalStore(table) };
  return { ...stores, policy, allowed, clock };
}

/** Publishes a checked guide by two people. */
export async function publishGuide(
  parts: GuideParts,
  guide: Guide,
  { effectiveFrom }: { readonly effectiveFrom?: string } = {},
): Promise<GuideProposal> {
  const request = { guide, effectiveFrom, cause: '年度申报' };
  const at = parts.clock().toISOString();
  const proposal = proposed(request, await parts.guides.standing(), { by: 'operator-1', at });
  await parts.proposals.create({ proposal, guide });
  const { proposalId, contentHash } = proposal;
  const approver = { id: 'approver-1', roles: ['budget-approver'] } as const;
  return decideGuide(parts, approver, proposalId, { outcome: 'confirm', contentHash });
}
