import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const ResourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});

const TemplateSchema = z.looseObject({
  Resources: z.record(z.string(), ResourceSchema).default({}),
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string() })).default({}),
  Outputs: z.record(z.string(), z.unknown()).default({}),
});

/** The part of a cloud assembly's manifest that names stacks and templates. */
const ManifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .looseObject({
          stackName: z.string().optional(),
          templateFile: z.string().optional(),
          requiresBootstrapStackVersion: z.number().optional(),
        })
        .default({}),
    }),
  ),
});

export type Resource = z.output<typeof ResourceSchema>;

/** A template as it is deployed. */
export interface StackTemplate {
  /** Id of the stack in the app, e.g. `State`. */
  readonly id: string;
  /** Its name in the account. */
  readonly name: string;
  /** Path of the template's file. */
  readonly file: string;
  /** Bytes of the template. */
  readonly bytes: number;
  /** Version that it asks of the bootstrap stack. */
  readonly bootstrapVersion: number;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly parameters: Readonly<Record<string, { readonly Type: string }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The stacks of a cloud assembly, in the order of its manifest. @throws ZodError or a file's error when it is none */
export function readTemplates(directory: string): StackTemplate[] {
  const manifest = ManifestSchema.parse(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')));
  return Object.entries(manifest.artifacts).flatMap(([id, { type, properties }]) => {
    if (type !== 'aws:cloudformation:stack' || !properties.templateFile) return [];
    const file = join(directory, properties.templateFile);
    const template = parseTemplate(readFileSync(file, 'utf8'));
    return [
      {
        id,
        name: properties.stackName ?? id,
        file,
        bootstrapVersion: properties.requiresBootstrapStackVersion ?? 0,
        ...template,
      },
    ];
  });
}

/** A template from its text. */
export function parseTemplate(
  text: string,
): Pick<StackTemplate, 'bytes' | 'resources' | 'parameters' | 'outputs'> {
  const { Resources, Parameters, Outputs } = TemplateSchema.parse(JSON.parse(text));
  return {
    bytes: Buffer.byteLength(text),
    resources: Resources,
    parameters: Parameters,
    outputs: Outputs,
  };
}

/** The resources of a type with their logical ids. */
export function resourcesOf({ resources }: StackTemplate, type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type);
}
