import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Environment } from '../environment-settings.ts';
import type { Finding } from './finding.ts';
import type { StackTemplate } from './templates.ts';

type Partition = Environment['partition'];

/** By type, the paths of its properties with spaces between. */
const PathsSchema = z.record(
  z.string(),
  z.string().transform((paths) => new Set(paths.split(' '))),
);
const AllowedSchema = z.object({
  partitions: z.object({ 'aws-cn': PathsSchema, aws: PathsSchema }),
  refused: z.object({ 'aws-cn': PathsSchema }),
});

const { partitions, refused } = AllowedSchema.parse(
  JSON.parse(readFileSync(new URL('./allowed-properties.json', import.meta.url), 'utf8')),
);

/**
 * Resource types and properties that CloudFormation does not take in a partition: what its schema there lacks, and what the
 * service refuses all the same. The list is data, with its source and its date.
 */
export function checkProperties(stack: StackTemplate, partition: Partition): Finding[] {
  return Object.entries(stack.resources).flatMap(([id, { Type, Properties }]) => {
    const subject = `${stack.name} ${id} (${Type})`;
    const allowed = partitions[partition][Type];
    if (!allowed) return [unknownType(subject, partition)];
    const shut: ReadonlySet<string> = partition === 'aws-cn' ? (refused[partition][Type] ?? none) : none;
    const paths = new Set(pathsOf(Properties, '', (path) => isOpen(allowed, path)));
    return [...paths]
      .filter((path) => shut.has(path) || !allowed.has(path))
      .map((path) => unknownProperty(`${subject} ${path}`, partition));
  });
}

const none: ReadonlySet<string> = new Set();

/** Whether anything may stand below a path, such as policies and variables. */
function isOpen(allowed: ReadonlySet<string>, path: string): boolean {
  for (const other of allowed) if (other.startsWith(`${path}.`)) return false;
  return true;
}

/** Every path of a value, down to what is free. Values that only the deployment knows have no paths of their own. */
function pathsOf(value: unknown, prefix: string, isFree: (path: string) => boolean): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, prefix, isFree));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) => {
    if (name === 'Ref' || name.startsWith('Fn::')) return [];
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return isFree(path) ? [path] : [path, ...pathsOf(below, path, isFree)];
  });
}

function unknownType(subject: string, partition: Partition): Finding {
  return {
    rule: 'resource-type',
    subject,
    problem: {
      zh: `清单中没有分区 ${partition} 的这种资源，部署会在创建变更集时失败。`,
      en: `The list for the partition ${partition} has no such type: the deployment would fail at its change set.`,
    },
    mend: {
      zh: '请改用清单中的资源；如果该分区确实提供这种资源，请连同出处和日期补进清单。',
      en: 'Use a type of the list; if the partition has this one, add it to infra/preflight/allowed-properties.json with source and date.',
    },
  };
}

function unknownProperty(subject: string, partition: Partition): Finding {
  return {
    rule: 'resource-property',
    subject,
    problem: {
      zh: `分区 ${partition} 不接受这项属性，资源会创建失败。`,
      en: `The partition ${partition} does not take this property: the resource could not be created.`,
    },
    mend: {
      zh: '请去掉这项属性；如果该分区已经支持，请连同出处和日期补进清单。',
      en: 'Leave the property out; if the partition takes it by now, add it to infra/preflight/allowed-properties.json with source and date.',
    },
  };
}
