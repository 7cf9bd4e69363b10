/** Publishes the guides of policy/guides/ into a fresh instance, through the routes that people use. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Log } from './contracts.ts';

/**
 * `rehearsal` has public notices and cooling-offs of seconds instead of days, so that a round can be played through, and corrections due
 * in calendar days, so that it can be played before next year's official calendar is out.
 */
export type GuideEdition = 'sample' | 'rehearsal';

const folder = new URL('../policy/guides/', import.meta.url);
const rehearsed = {
  notice: { seconds: 5 },
  correction: {
    rounds: 2,
    due: { days: 5, unit: 'calendar' },
    warnBefore: { days: 2, unit: 'calendar' },
  },
};

const GuideSchema = z.looseObject({ version: z.string(), items: z.array(z.looseObject({})) });

/** Why it is proposed, as its second person reads it. */
const cause = '本机示例指南初始化';

const ProposalSchema = z.object({ proposalId: z.string(), status: z.string(), contentHash: z.string() });

const ProblemSchema = z.object({
  messages: z.object({ en: z.string() }),
  errors: z.array(z.object({ path: z.string(), messages: z.object({ en: z.string() }) })).default([]),
});

/**
 * Publishes every guide of the repository as two of its people do it: an operator proposes it, an approver confirms what
 * the operator proposed. The ones that are there already stay as they are. Rejects with all faults when one is refused,
 * and when a version is there with other content.
 * @param tokenOf bearer token of a demo user
 */
export async function publishGuides(
  url: string,
  tokenOf: (user: string) => Promise<string>,
  edition: GuideEdition,
  log: Log,
): Promise<void> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  for (const file of files.sort()) {
    const written = GuideSchema.parse(parse(readFileSync(new URL(file, folder), 'utf8')));
    log(`publishing guide ${written.version}`);
    const items = written.items.map((item) => ({ ...item, ...rehearsed }));
    const guide =
      edition === 'rehearsal' ? { ...written, items, accountCoolingOff: { seconds: 1 } } : written;
    const send = async (user: string, path: string, body: unknown) => {
      const response = await fetch(`${url}/v1/guide-proposals${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await tokenOf(user)}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (response.ok) return ProposalSchema.parse(JSON.parse(text));
      const forget = response.status === 409 ? '\nnpm start -- --reset forgets what is kept here' : '';
      throw new Error(`policy/guides/${file} was not published: ${reasonOf(text)}${forget}`);
    };
    const { proposalId, status, contentHash } = await send('operator-1', '', { guide, cause });
    if (status === 'confirmed') continue;
    await send('approver-1', `/${proposalId}/decision`, { outcome: 'confirm', contentHash });
  }
}

function reasonOf(text: string): string {
  try {
    const { messages, errors } = ProblemSchema.parse(JSON.parse(text));
    return [messages.en, ...errors.map((fault) => `${fault.path}: ${fault.messages.en}`)].join('\n');
  } catch {
    return text.slice(0, 500);
  }
}
