/** Creates what the stacks of an assembly hold, in the services of the embedded cloud. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Assembly, AssemblyStack } from './assembly.ts';
import type {
  DynamoDbService,
  EventsService,
  KmsService,
  ProvisionedResource,
  ResolvedProperties,
  S3Service,
  StatesService,
} from './contracts.ts';
import { cosmeticResource } from './cosmetic-resources.ts';
import type { FunctionsService } from './functions/service.ts';
import { type HttpApiDefinition, type HttpApiType, httpApiTypes } from './http-api/definition.ts';
import { conditionHolds, provisioningOrder, resolveValue, type Scope } from './intrinsics.ts';
import { InvokePermissions } from './invoke-permissions.ts';

export interface Services {
  readonly dynamodb: DynamoDbService;
  readonly s3: S3Service;
  readonly events: EventsService;
  readonly states: StatesService;
  readonly kms: KmsService;
  readonly functions: FunctionsService;
  readonly httpApi: HttpApiDefinition;
}

export interface ProvisionOptions {
  readonly partition: string;
  /** Values for template parameters of these names, in place of their defaults. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Provisions every stack and gives its resources by logical id. Throws an error that names stack, resource
 * and type for a type that the embedded cloud cannot run and for whatever a service refuses.
 */
export async function provision(
  assembly: Assembly,
  services: Services,
  options: ProvisionOptions,
): Promise<ReadonlyMap<string, ProvisionedResource>> {
  const exports = new Map<string, unknown>();
  const all = new Map<string, ProvisionedResource>();
  const permissions = new InvokePermissions();
  for (const stack of assembly.stacks) {
    refuseUnknownTypes(stack);
    const scope: Scope = { ...options, stack, resources: new Map(), exports };
    for (const id of provisioningOrder(scope)) {
      const { Type: type = '', Properties = {} } = stack.template.Resources[id] ?? {};
      const properties = asProperties(resolveValue(Properties, scope, `${id}.Properties`));
      const context = { id, type, properties, stack, services, permissions, partition: options.partition };
      let resource: ProvisionedResource;
      try {
        resource = await create(context);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const subject = message.includes(id) ? '' : `, ${id} (${type})`;
        throw new Error(`stack ${stack.name}${subject}: ${message}`, { cause: error });
      }
      scope.resources.set(id, resource);
      all.set(id, resource);
    }
    for (const [name, output] of Object.entries(stack.template.Outputs)) {
      const path = `Outputs.${name}`;
      if (output.Condition !== undefined && !conditionHolds(output.Condition, scope, path)) continue;
      const value = resolveValue(output.Value, scope, path);
      if (output.Export) exports.set(String(resolveValue(output.Export.Name, scope, path)), value);
    }
  }
  for (const route of services.httpApi.build()?.routes ?? []) {
    permissions.need('apigateway.amazonaws.com', route.functionArn, `route ${route.key}`);
  }
  permissions.check();
  return all;
}

interface Context {
  readonly id: string;
  readonly type: string;
  readonly properties: ResolvedProperties;
  readonly stack: AssemblyStack;
  readonly services: Services;
  readonly permissions: InvokePermissions;
  readonly partition: string;
}

type Handler = (context: Context) => ProvisionedResource | Promise<ProvisionedResource>;

const table: Handler = ({ services, id, type, properties }) =>
  services.dynamodb.ensureTable(id, type, properties);

const handlers: Readonly<Record<string, Handler>> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::S3::Bucket': ({ services, id, properties }) => services.s3.ensureBucket(id, properties),
  'AWS::Lambda::Function': ({ services, stack, id, properties }) => {
    const { Code } = functionCodeSchema.parse(properties);
    const path = stack.assets.get(Code.S3Key);
    if (!path) throw new Error(`the assembly has no asset ${Code.S3Key}`);
    return services.functions.addFunction(`${stack.name}-${id}`, properties, path);
  },
  'AWS::Lambda::EventSourceMapping': ({ services, id, properties }) => {
    const { EventSourceArn } = eventSourceSchema.parse(properties);
    if (!/:dynamodb:.*\/stream\//.test(EventSourceArn)) {
      throw new Error(`only streams of tables can be event sources here, not ${EventSourceArn}`);
    }
    services.dynamodb.addStreamMapping(properties);
    return { ref: id, attributes: { Id: id } };
  },
  'AWS::Lambda::Permission': ({ permissions, id, properties }) => {
    permissions.addPermission(properties);
    return { ref: id, attributes: { Id: id } };
  },
  'AWS::StepFunctions::StateMachine': (context) => {
    const { services, id, properties } = context;
    return services.states.addStateMachine(id, properties, stateMachineDefinition(context));
  },
  'AWS::KMS::Key': ({ services, stack, id, properties }) =>
    services.kms.ensureKey(`${stack.name}-${id}`, properties),
  'AWS::Events::EventBus': ({ services, id, properties }) => services.events.addBus(id, properties),
  'AWS::Events::Rule': ({ services, permissions, id, properties }) => {
    permissions.needRule(id, properties);
    return services.events.addRule(id, properties);
  },
  'AWS::Scheduler::Schedule': ({ services, id, properties }) => services.events.addSchedule(id, properties),
  // Only a place for dead letters: what is sent there is written down by the instance.
  'AWS::SQS::Queue': ({ stack, id, properties, partition }) => {
    const { QueueName = `${stack.name}-${id}` } = queueSchema.parse(properties);
    return {
      ref: `https://sqs.${stack.region}.amazonaws.com/${stack.account}/${QueueName}`,
      attributes: { QueueName, Arn: `arn:${partition}:sqs:${stack.region}:${stack.account}:${QueueName}` },
    };
  },
};

const functionCodeSchema = z.looseObject({
  Code: z.looseObject({ S3Key: z.string('only code from an asset can run here') }),
});
const eventSourceSchema = z.looseObject({ EventSourceArn: z.string() });
const queueSchema = z.looseObject({ QueueName: z.string().optional() });
const definitionSchema = z.looseObject({
  DefinitionString: z.string().optional(),
  DefinitionS3Location: z.looseObject({ Key: z.string() }).optional(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

function create(context: Context): ProvisionedResource | Promise<ProvisionedResource> {
  const { id, type, properties, stack, services, partition } = context;
  if (isHttpApiType(type)) return services.httpApi.add(id, type, properties);
  const handler = Object.hasOwn(handlers, type) ? handlers[type] : undefined;
  if (handler) return handler(context);
  const { name: stackName, region, account } = stack;
  const cosmetic = cosmeticResource(type, id, properties, { stackName, region, account, partition });
  if (!cosmetic) throw new Error(`the embedded cloud cannot run ${id}, a ${type}`);
  return cosmetic;
}

/** Before anything is created, so that a start that must fail leaves nothing behind. */
function refuseUnknownTypes(stack: AssemblyStack): void {
  const naming = { stackName: stack.name, region: stack.region, account: stack.account, partition: '' };
  for (const [id, { Type }] of Object.entries(stack.template.Resources)) {
    if (isHttpApiType(Type) || Object.hasOwn(handlers, Type) || cosmeticResource(Type, id, {}, naming))
      continue;
    throw new Error(`stack ${stack.name}: the embedded cloud cannot run ${id}, a ${Type}`);
  }
}

function isHttpApiType(type: string): type is HttpApiType {
  return (httpApiTypes as readonly string[]).includes(type);
}

/** The definition's text with `${Name}` replaced. A name without a value and a value without a use are errors. */
function stateMachineDefinition({ properties, stack }: Context): string {
  const { DefinitionString, DefinitionS3Location, DefinitionSubstitutions } =
    definitionSchema.parse(properties);
  const path = DefinitionS3Location && stack.assets.get(DefinitionS3Location.Key);
  const text = DefinitionString ?? (path && readFileSync(path, 'utf8'));
  if (!text) throw new Error('its definition is neither text nor an asset of the assembly');
  const unused = new Set(Object.keys(DefinitionSubstitutions));
  const definition = text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(DefinitionSubstitutions, name) ? DefinitionSubstitutions[name] : undefined;
    if (value === undefined) throw new Error(`its definition uses \${${name}}, which nothing substitutes`);
    unused.delete(name);
    return String(value);
  });
  if (unused.size > 0) {
    throw new Error(`its definition does not use the substitutions ${[...unused].join(', ')}`);
  }
  return definition;
}

function asProperties(value: unknown): ResolvedProperties {
  return Object.fromEntries(Object.entries(Object(value)));
}
