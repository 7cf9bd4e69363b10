import { readdirSync, readFileSync } from 'node:fs';
import { parse } from '@marcbachmann/cel-js';
import { LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { GuideSchema, NoticeSchema, type Policy } from '../functions/policy/schema.ts';

/**
 * Reads, checks and compiles the policy files. Amounts come out in fen.
 * @param directory URL of the folder that holds notice.yaml and guides/. Default: this folder.
 * @throws Error that lists every fault with file, line, path and rule.
 */
export function compilePolicy(directory: URL = new URL('./', import.meta.url)): Policy {
  const faults: string[] = [];
  const read = <S extends z.ZodType>(file: string, schema: S): z.output<S> | undefined => {
    const lines = new LineCounter();
    const document = parseDocument(readFileSync(new URL(file, directory), 'utf8'), { lineCounter: lines });
    const at = (offset: number) => `${file}:${lines.linePos(offset).line}`;
    faults.push(...document.errors.map((error) => `${at(error.pos[0])}: ${error.message.split('\n')[0]}`));
    const result = schema.safeParse(document.toJS());
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const node = nearestNode(document, issue.path);
      faults.push(`${at(node)}: ${issue.path.join('.')}: ${issue.message}`);
    }
    return undefined;
  };

  const notice = read('notice.yaml', NoticeSchema);
  const files = readdirSync(new URL('guides/', directory))
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  const guides = files.flatMap((file) => {
    const guide = read(`guides/${file}`, GuideSchema);
    if (guide && notice) faults.push(...faultsAgainstNotice(`guides/${file}`, guide, notice));
    return guide ? [guide] : [];
  });
  if (faults.length > 0 || !notice) throw new Error(`the policy files have faults:\n${faults.join('\n')}`);
  return { notice, guides };
}

type ParsedNotice = z.output<typeof NoticeSchema>;
type ParsedGuide = z.output<typeof GuideSchema>;

/** What a guide may not do: open unknown items or pools, exceed a ceiling of the notice, name facts it does not ask. */
function faultsAgainstNotice(file: string, guide: ParsedGuide, notice: ParsedNotice): string[] {
  return guide.items.flatMap((item) => {
    const where = `${file}: items.${item.id}`;
    const law = notice.items.find((candidate) => candidate.id === item.id);
    if (!law) return [`${where}: the notice has no such item`];
    const faults: string[] = [];
    if (!guide.pools.some((pool) => pool.id === item.pool))
      faults.push(`${where}.pool: no pool ${item.pool}`);
    const amounts = Object.entries(
      item.amount.kind === 'tiers' ? item.amount.tiers : { '': item.amount.yuan },
    );
    for (const [tier, amount] of amounts) {
      const ceiling = law.ceiling.kind === 'tiers' ? law.ceiling.tiers[tier] : law.ceiling.yuan;
      if (ceiling === undefined) faults.push(`${where}.amount: the notice has no tier ${tier}`);
      else if (amount > ceiling) {
        faults.push(
          `${where}.amount${tier && `.${tier}`}: ${amount / 100} yuan is above the notice's ${ceiling / 100} yuan (${law.clause})`,
        );
      }
    }
    for (const condition of item.conditions) {
      try {
        parse(condition.expression);
      } catch (error) {
        const cause = error instanceof Error ? error.message.split('\n')[0] : String(error);
        faults.push(`${where}.conditions.${condition.id}: not a CEL expression: ${cause}`);
      }
    }
    const facts = new Set(item.facts.map((fact) => fact.id));
    const named = [...item.matter.facts, ...item.evidence.map((evidence) => evidence.fact)];
    if (item.amount.kind === 'tiers') named.push(item.amount.by);
    for (const fact of named)
      if (!facts.has(fact)) faults.push(`${where}: names a fact it does not ask: ${fact}`);
    return faults;
  });
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
