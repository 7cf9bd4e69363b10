import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { GuideChange } from '../../functions/policy/guides/guide-changes.ts';
import { guideChanges } from '../../functions/policy/guides/guide-changes.ts';
import { type GuideWarning, guideWarnings } from '../../functions/policy/guides/guide-warnings.ts';
import type { Target } from './api-call.ts';
import { OpsError, readGuideFile, readNotice, summarise } from './guide-file.ts';
import { decideGuide, guideProposal, type ProposalTerms, proposeGuide } from './guide-proposals.ts';
import { tableLines } from './words.ts';

/** Checks a guide, and shows what it opens. @throws OpsError with every fault and its line. */
export function validate(file: string, json: boolean): string {
  const notice = readNotice();
  const guide = readGuideFile(file, notice);
  const items = summarise(guide, notice);
  const { version, year, illustrative } = guide;
  const warnings = guideWarnings(guide);
  if (json) return JSON.stringify({ version, year, illustrative, items, warnings });
  const rows = items.map((item) => [
    ...[item.item, item.clause, item.lead.join('、')],
    ...[`${item.opensAt} – ${item.closesAt}`, item.ceiling, item.pool ?? '–'],
  ]);
  return [
    `${version}${illustrative ? ' (illustrative)' : ''}: ${items.length} items, no fault`,
    '',
    ...tableLines([['item', 'clause', 'lead', 'window (Asia/Shanghai)', 'ceiling', 'pool'], ...rows]),
    ...warningLines(warnings),
  ].join('\n');
}

/** What the second guide changes. @throws OpsError */
export function diff(before: string, after: string, json: boolean): string {
  const notice = readNotice();
  const [from, to] = [readGuideFile(before, notice), readGuideFile(after, notice)];
  const changes = guideChanges(from, to);
  if (json) return JSON.stringify({ from: from.version, to: to.version, changes });
  if (changes.length === 0) return `${from.version} and ${to.version} do not differ`;
  return changeLines(changes).join('\n');
}

/** Proposes a guide to a second person. @throws OpsError */
export async function propose(file: string, terms: ProposalTerms, target: Target): Promise<string> {
  readGuideFile(file, readNotice());
  // The API checks for itself, and takes what the file says rather than what became of it here.
  const { proposalId, version, status } = await proposeGuide(
    parse(readFileSync(file, 'utf8')),
    terms,
    target,
  );
  return `guide ${version} is ${status}: ${proposalId}`;
}

/** A proposed guide with what it changes, for the person who decides. @throws OpsError */
export async function review(proposalId: string, target: Target, json: boolean): Promise<string> {
  const proposal = await guideProposal(proposalId, target);
  if (json) return JSON.stringify(proposal);
  const { version, status, comparedWith, isCurrent, changes, warnings, contentHash } = proposal;
  const { proposedBy, proposedAt, effectiveFrom, cause } = proposal;
  const basis = comparedWith.length === 0 ? 'the first guide' : `compared with ${comparedWith.join(', ')}`;
  return [
    `guide ${version} (${status}), proposed by ${proposedBy} at ${proposedAt}: ${cause}`,
    `counts from ${effectiveFrom ?? 'its confirmation'}; ${basis}${isCurrent ? '' : ', which stands no more'}`,
    '',
    ...(changes.length === 0 ? ['no difference'] : changeLines(changes)),
    ...warningLines(warnings),
    '',
    `content ${contentHash}`,
  ].join('\n');
}

/** Decides on a proposed guide. @throws OpsError */
export async function decide(
  proposalId: string,
  { hash, refuse }: { readonly hash: string | undefined; readonly refuse: string | undefined },
  target: Target,
): Promise<string> {
  if (hash === undefined) throw new OpsError('name what you looked at: --hash, as guide review shows it');
  const { version, status, decidedBy, decidedAt } = await decideGuide(
    proposalId,
    { contentHash: hash, refuse },
    target,
  );
  return `guide ${version} is ${status}: ${decidedAt} by ${decidedBy}`;
}

/** What the guide is likely not to mean. */
function warningLines(warnings: readonly GuideWarning[]): string[] {
  if (warnings.length === 0) return [];
  return ['', ...warnings.map(({ path, sentence }) => `warning: ${path}: ${sentence.en}`)];
}

/** What weakens the guide first in each line, so that nobody overlooks it. */
function changeLines(changes: readonly GuideChange[]): string[] {
  const marks = { weaker: 'WEAKER ', unclear: 'unclear', 'not-weaker': '       ' };
  const weaker = changes.filter(({ effect }) => effect === 'weaker').length;
  return [
    ...changes.map(({ effect, sentence }) => `${marks[effect]} ${sentence.en}`),
    '',
    `${changes.length} changes, ${weaker} of them weaken the guide`,
  ];
}
