import type { ResolvedProperties, ServiceOptions } from '../contracts.ts';
import type { Definition } from './definition.ts';
import { readDefinition } from './definition-check.ts';

/** A state machine that executions can be started on. */
export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly text: string;
  readonly definition: Definition;
  /** ms since the epoch. */
  readonly createdAt: number;
}

/** Properties of AWS::StepFunctions::StateMachine that change nothing here, or were used before us. */
const accepted = new Set([
  'StateMachineName',
  'StateMachineType',
  'RoleArn',
  'DefinitionString',
  'DefinitionS3Location',
  'DefinitionSubstitutions',
  'LoggingConfiguration',
  'TracingConfiguration',
  'EncryptionConfiguration',
  'Tags',
]);

/** Reads a state machine from its resource; throws when it asks for something we cannot run. */
export function readMachine(
  options: ServiceOptions,
  logicalId: string,
  properties: ResolvedProperties,
  text: string,
): Machine {
  for (const property of Object.keys(properties)) {
    if (!accepted.has(property))
      throw new Error(`state machine "${logicalId}": ${property} is not supported`);
  }
  const { StateMachineName: given, StateMachineType: type = 'STANDARD', RoleArn: role } = properties;
  if (type !== 'STANDARD') {
    throw new Error(`state machine "${logicalId}": StateMachineType ${String(type)} is not supported`);
  }
  const name = typeof given === 'string' ? given : logicalId;
  const { partition, region, account } = options;
  return {
    arn: `arn:${partition}:states:${region}:${account}:stateMachine:${name}`,
    name,
    roleArn: typeof role === 'string' ? role : `arn:${partition}:iam::${account}:role/${name}`,
    text,
    definition: readDefinition(name, text, partition),
    createdAt: Date.now(),
  };
}
