/** Synthesizes the CDK app in a process of its own and reads the cloud assembly that it leaves. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { Log } from './contracts.ts';

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).optional(),
  DependsOn: z.union([z.string().transform((id) => [id]), z.array(z.string())]).optional(),
  Condition: z.string().optional(),
});

const templateSchema = z.looseObject({
  Parameters: z
    .record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown().optional() }))
    .default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z
    .record(
      z.string(),
      z.looseObject({
        Value: z.unknown(),
        Condition: z.string().optional(),
        Export: z.looseObject({ Name: z.unknown() }).optional(),
      }),
    )
    .default({}),
});

const manifestSchema = z.looseObject({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      environment: z.string().optional(),
      dependencies: z.array(z.string()).default([]),
      properties: z
        .looseObject({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .default({}),
    }),
  ),
});

const assetManifestSchema = z.looseObject({
  files: z
    .record(
      z.string(),
      z.looseObject({
        source: z.looseObject({ path: z.string().optional(), packaging: z.string().optional() }),
        destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/** A template with every section present. */
export type StackTemplate = z.infer<typeof templateSchema>;

export interface AssemblyStack {
  /** The CloudFormation stack name. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly template: StackTemplate;
  /** Object key in the bootstrap bucket (`<hash>.zip`, `<hash>.json`) → path of the directory or file. */
  readonly assets: ReadonlyMap<string, string>;
}

/** The stacks of an assembly, each after those that it depends on. */
export interface Assembly {
  readonly stacks: readonly AssemblyStack[];
}

export interface SynthesizeOptions {
  /** The environment of infra/environments.ts, `local` for the embedded cloud. */
  readonly environment: string;
  /** Directory for the assembly; what it holds is replaced. */
  readonly outDir: string;
  readonly log: Log;
  /** The CDK app's file, `infra/app.ts` of this repository when left out. */
  readonly app?: string;
  /** Ends the CDK app. */
  readonly signal?: AbortSignal;
}

const repository = resolve(import.meta.dirname, '..');

/**
 * Runs the CDK app into `outDir`. Rejects with one line that ends in the tail of the app's stderr when
 * the app fails.
 */
export async function synthesize(options: SynthesizeOptions): Promise<void> {
  const outDir = resolve(options.outDir);
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  // Without a package.json of its own a bundle's index.js would inherit this repository's `"type": "module"`,
  // which the function would not find in Lambda.
  await writeFile(join(outDir, 'package.json'), '{}\n');
  options.log(`synthesizing the CDK app for environment ${options.environment}`);
  const child = spawn(process.execPath, [options.app ?? join(repository, 'infra', 'app.ts')], {
    cwd: repository,
    ...(options.signal && { signal: options.signal }),
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      CDK_OUTDIR: outDir,
      // Validating against the schemas of all resources takes a third of a synthesis; the tests and `npm run synth` do it.
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify({
        environment: options.environment,
        'aws:cdk:bundling-stacks': ['**'],
        'aws:cdk:enable-path-metadata': false,
        'aws:cdk:version-reporting': false,
      }),
    },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = `${stderr}${chunk}`.slice(-20_000);
  });
  const failure = await new Promise<string | undefined>((done) => {
    child.once('error', (error) => done(error.message));
    child.once('close', (code, signal) => done(code === 0 ? undefined : `exit ${code ?? signal}`));
  });
  if (failure) throw new Error(`synthesizing the CDK app failed (${failure}): ${tail(stderr)}`);
}

/** The lines of an error output that say what happened: the error itself without stack frames and details. */
function tail(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('at ') && !/^Node\.js v\d/.test(line));
  const thrown = lines.findLastIndex((line) => /^\[?\w*Error\b/.test(line));
  const told = lines.slice(Math.max(thrown, 0));
  // Node prints the properties of an error after its message.
  const properties = told.findIndex((line) => /^\w+: [[{]$/.test(line));
  return (properties > 0 ? told.slice(0, properties) : told).slice(-20).join(' | ');
}

/** Reads the cloud assembly in `dir`. Throws when it has no stacks or is not what this program can read. */
export function readAssembly(dir: string): Assembly {
  const artifacts = readJson(dir, 'manifest.json', manifestSchema).artifacts;
  const ordered: AssemblyStack[] = [];
  const visited = new Set<string>();
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (!artifact || visited.has(id)) return;
    visited.add(id);
    for (const dependency of artifact.dependencies) visit(dependency);
    if (artifact.type !== 'aws:cloudformation:stack') return;
    const { templateFile, stackName } = artifact.properties;
    if (!templateFile) throw new Error(`stack ${id} in ${dir} has no template file`);
    const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(artifact.environment ?? '') ?? [];
    if (!account || !region || account.startsWith('unknown') || region.startsWith('unknown')) {
      throw new Error(`stack ${id} names no account and region: ${artifact.environment ?? 'no environment'}`);
    }
    const assets = new Map<string, string>();
    for (const dependency of artifact.dependencies) {
      const file = artifacts[dependency]?.properties.file;
      if (artifacts[dependency]?.type === 'cdk:asset-manifest' && file) readAssets(dir, file, assets);
    }
    const template = readJson(dir, templateFile, templateSchema);
    ordered.push({ name: stackName ?? id, account, region, template, assets });
  };
  for (const id of Object.keys(artifacts)) visit(id);
  if (ordered.length === 0) throw new Error(`the cloud assembly in ${dir} has no stacks`);
  return { stacks: ordered };
}

function readAssets(dir: string, file: string, assets: Map<string, string>): void {
  for (const asset of Object.values(readJson(dir, file, assetManifestSchema).files)) {
    const { path } = asset.source;
    if (!path) continue;
    for (const { objectKey } of Object.values(asset.destinations)) assets.set(objectKey, resolve(dir, path));
  }
}

function readJson<S extends z.ZodType>(dir: string, file: string, schema: S): z.infer<S> {
  const path = join(dir, file);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw new Error(`${path} is not understood: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
