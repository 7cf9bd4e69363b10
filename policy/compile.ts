import { readdirSync, readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { checkGuide } from '../functions/policy/check-guide.ts';
import { CalendarSchema, GuideSchema, NoticeSchema, type Policy } from '../functions/policy/schema.ts';

/**
 * Reads, checks and compiles the policy files. Amounts come out in fen.
 * @param directory URL of the folder that holds notice.yaml and guides/. Default: this folder.
 * @throws Error that lists every fault with file, line, path and rule.
 */
export function compilePolicy(directory: URL = new URL('./', import.meta.url)): Policy {
  const faults: string[] = [];
  const read = <S extends z.ZodType>(
    file: string,
    schema: S,
    check: (data: z.output<S>) => readonly { path: readonly PropertyKey[]; message: string }[] = () => [],
  ): z.output<S> | undefined => {
    const lines = new LineCounter();
    const document = parseDocument(readFileSync(new URL(file, directory), 'utf8'), { lineCounter: lines });
    const at = (offset: number) => `${file}:${lines.linePos(offset).line}`;
    faults.push(...document.errors.map((error) => `${at(error.pos[0])}: ${error.message.split('\n')[0]}`));
    const result = schema.safeParse(document.toJS());
    for (const { path, message } of result.success ? check(result.data) : result.error.issues) {
      faults.push(`${at(nearestNode(document, path))}: ${path.join('.')}: ${message}`);
    }
    return result.data;
  };

  const notice = read('notice.yaml', NoticeSchema);
  const yamlFiles = (folder: string) =>
    readdirSync(new URL(folder, directory))
      .filter((file) => file.endsWith('.yaml'))
      .sort()
      .map((file) => `${folder}${file}`);
  const guides = yamlFiles('guides/').flatMap((file) => {
    return read(file, GuideSchema, (guide) => (notice ? checkGuide(guide, notice) : [])) ?? [];
  });
  const calendars = yamlFiles('calendars/').flatMap((file) => read(file, CalendarSchema) ?? []);
  if (faults.length > 0 || !notice) throw new Error(`the policy files have faults:\n${faults.join('\n')}`);
  return { notice, calendars, guides };
}

/** Offset of the deepest node that exists on a path. */
function nearestNode(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return Number(node.range[0]);
    }
  }
  return 0;
}
