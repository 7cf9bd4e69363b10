import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const mailSchema = z.object({
  id: z.string(),
  /** When it was sent, ISO 8601. */
  at: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
});
export type SentMail = z.infer<typeof mailSchema>;

/** The mails of a data dir, one line each. */
export class MailBox {
  readonly #path: string;

  constructor(dataDir: string) {
    this.#path = join(dataDir, 'mails.jsonl');
  }

  add(mail: SentMail): void {
    appendFileSync(this.#path, `${JSON.stringify(mail)}\n`);
  }

  /** The last mails, newest first. */
  newest(count: number): SentMail[] {
    let lines: string[];
    try {
      lines = readFileSync(this.#path, 'utf8').split('\n');
    } catch (fault) {
      if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return [];
      throw fault;
    }
    return lines
      .filter((line) => line !== '')
      .slice(-count)
      .map((line) => mailSchema.parse(JSON.parse(line)))
      .reverse();
  }
}
