import {
  SimulatedLineSchema,
  SimulationInputSchema,
  SimulationSchema,
} from '../../functions/money/rounds/simulation-view.ts';
import { fen } from '../../functions/shared/money.ts';
import { pageOf } from '../../functions/shared/schemas.ts';
import { readFromApi, sendToApi, type Target } from './api-call.ts';
import { OpsError } from './guide-file.ts';
import { tableLines, yuan } from './words.ts';

/** What a simulation changes, as the command line has it; amounts in yuan. */
export interface SimulationOptions {
  readonly available?: string | undefined;
  readonly minimum?: string | undefined;
  readonly mode?: string | undefined;
  readonly residue?: string | undefined;
  readonly unit?: string | undefined;
  readonly guide?: string | undefined;
}

const PageSchema = pageOf(SimulatedLineSchema);

/**
 * Shares a round's money under other terms, and shows each candidate's share beside the plan's.
 * @throws OpsError for a term that there is not, or what the API has against it.
 */
export async function simulate(
  target: Target,
  roundId: string,
  options: SimulationOptions,
  json: boolean,
): Promise<string> {
  const { available, minimum, ...terms } = options;
  const changes = SimulationInputSchema.safeParse({
    ...terms,
    ...(available !== undefined && { availableFen: inFen('--available', available) }),
    ...(minimum !== undefined && { minimumPayableFen: inFen('--minimum', minimum) }),
  });
  if (!changes.success) {
    throw new OpsError(
      changes.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'),
    );
  }
  const path = `/v1/rounds/${encodeURIComponent(roundId)}/simulations`;
  const simulation = SimulationSchema.parse(await sendToApi(target, path, changes.data));
  const lines = await allLines(target, `${path}/${simulation.simulationId}/lines`);
  if (json) return JSON.stringify({ ...simulation, lines });
  const { mode, residue, unit, minimumPayableFen } = simulation.terms;
  return [
    ...tableLines([
      ['application', 'organisation', 'ceiling', 'plan', 'simulated', 'difference'],
      ...lines.map(({ applicationId, organisationName, ceilingFen, plannedFen, shareFen }) => [
        ...[applicationId, organisationName, yuan(ceilingFen)],
        plannedFen === undefined ? '–' : yuan(plannedFen),
        yuan(shareFen),
        plannedFen === undefined ? '–' : signed(shareFen - plannedFen),
      ]),
    ]),
    '',
    `${mode}, residue ${residue}, unit ${unit}, minimum ${yuan(minimumPayableFen)}: ${yuan(simulation.sharedFen)} of ${yuan(simulation.availableFen)} shared, ${yuan(simulation.residueFen)} left`,
    `${simulation.gaining} gain, ${simulation.losing} lose, ${simulation.unserved} get nothing; nothing was changed (simulation ${simulation.simulationId})`,
  ].join('\n');
}

async function allLines(target: Target, path: string) {
  const lines = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor !== undefined && { cursor }) });
    const page = PageSchema.parse(await readFromApi(target, `${path}?${query}`));
    lines.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return lines;
}

/** An amount in yuan with up to two decimals, in fen, exactly. @throws OpsError */
function inFen(option: string, text: string): number {
  const found = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(text);
  if (!found) throw new OpsError(`${option}: an amount in yuan, e.g. 1500000 or 0.50`);
  return Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
}

function signed(differenceFen: number): string {
  const sign = differenceFen > 0 ? '+' : differenceFen < 0 ? '−' : '';
  return `${sign}${yuan(fen(Math.abs(differenceFen)))}`;
}
