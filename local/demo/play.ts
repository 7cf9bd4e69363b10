/** `npm run demo`: plays a year, from applications to payments, on a fresh instance of its own. */
import { parseArgs } from 'node:util';
import { onceParentIsGone } from '../parent.ts';
import { playDemo } from './demo.ts';
import type { Outcome } from './round.ts';

const help = `npm run demo -- [--json] [--assembly DIR]

Plays every item of the sample guide with fictional companies, and each pool from its budget round to payments,
on a fresh instance with a port and data of its own, which are gone afterwards, and checks that the money adds
up to the fen. Exit 1 when anything fails.

  --json           one JSON object on the last line, with the whole reasons
  --assembly DIR   run a cloud assembly of environment local that is synthesized already
  --help           this text
`;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The outcome for programs; amounts in fen, 0 where there is none. */
function toJson({ applications, pools, registerRoot }: Outcome): string {
  return JSON.stringify({
    applications: applications.map(({ pool: _, reason, ...application }) => ({
      ...application,
      reason: [reason.zh, reason.en].filter(Boolean).join(' · '),
    })),
    pools: pools.map(({ balanced: _, ...pool }) => pool),
    registerRoot: registerRoot.root,
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      assembly: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(help);
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.abort());
  }
  onceParentIsGone(() => interruption.abort());
  const outcome = await playDemo({
    print,
    signal: interruption.signal,
    ...(values.assembly !== undefined && { assemblyDir: values.assembly }),
  });
  if (values.json) print(toJson(outcome));
}

try {
  await main();
  process.exit(0);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message.replaceAll('\n', ' | ')}\n`);
  process.exit(1);
}
