import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundles } from '../../infra/bundles.ts';
import { parseEnvironment } from '../../infra/environments.ts';
import { addSystem, bundleFunctions, createApp } from '../../infra/system.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters: Readonly<
    Record<string, { readonly Default?: string; readonly AllowedPattern?: string }>
  >;
}

/** The templates of one environment. */
export interface Synthesized {
  readonly directory: string;
  readonly state: Template;
  /** What runs: the stacks of the workflow and of the API, whose logical ids all differ. */
  readonly service: Template;
  readonly observability: Template;
  /** Every template as text. */
  readonly text: string;
}

/** Bundles once and synthesizes environments into a temporary folder; `remove()` takes all of it away. */
export class Synthesizer {
  readonly bundles: Bundles;
  readonly #root = mkdtempSync(join(tmpdir(), 'software-support-synth-'));

  private constructor(bundles: Bundles) {
    this.bundles = bundles;
  }

  static async create(): Promise<Synthesizer> {
    return new Synthesizer(await bundleFunctions({ kept: true }));
  }

  /** @throws when a rule of cdk-nag or of CloudFormation's schemas is broken */
  synthesize(environment: string): Synthesized {
    const directory = this.directory(environment);
    const app = createApp({ outdir: directory });
    addSystem(app, parseEnvironment(environment), this.bundles);
    app.synth();
    const read = (stack: string): Template =>
      JSON.parse(readFileSync(join(directory, `${stack}.template.json`), 'utf8'));
    const templates = readdirSync(directory).filter((file) => file.endsWith('.template.json'));
    return {
      directory,
      state: read('State'),
      service: together(read('Workflow'), read('Api')),
      observability: read('Observability'),
      text: templates.map((file) => readFileSync(join(directory, file), 'utf8')).join('\n'),
    };
  }

  /** An output folder that `remove()` takes away. */
  directory(name: string): string {
    return join(this.#root, name);
  }

  remove(): void {
    this.bundles.remove();
    rmSync(this.#root, { recursive: true, force: true });
  }
}

function together(...templates: readonly Template[]): Template {
  const ids = templates.flatMap(({ Resources }) => Object.keys(Resources));
  if (new Set(ids).size < ids.length) throw new Error('two stacks have a logical id in common');
  return {
    Resources: Object.assign({}, ...templates.map(({ Resources }) => Resources)),
    Parameters: Object.assign({}, ...templates.map(({ Parameters }) => Parameters)),
  };
}

/** Resources of a type with their logical ids. */
export function resourcesOf(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** A field that CloudFormation writes alone or as a list, as a list. */
export function listOf<T>(value: T | readonly T[]): readonly T[] {
  // Array.isArray does not narrow a readonly array away.
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** The statements of every policy attached to a role. */
export function statementsOf(template: Template, roleId: string): Statement[] {
  return resourcesOf(template, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => JSON.stringify(Properties['Roles']).includes(`"${roleId}"`))
    .flatMap(([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement);
}
