import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type DocumentsBucket, prefixes } from './documents-bucket.ts';
import type { WorkflowMachine } from './workflow-machine.ts';

export interface RegistryImportsProps {
  readonly documents: DocumentsBucket;
  /** Reads a file of awards into the registry. */
  readonly machine: WorkflowMachine;
}

/** Has every file of awards imported as soon as its upload is complete. An event that comes twice is no matter. */
export class RegistryImports extends Construct {
  constructor(scope: Construct, id: string, props: RegistryImportsProps) {
    super(scope, id);
    new events.Rule(this, 'ObjectCreated', {
      description: 'Imports uploaded files of awards',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [props.documents.bucket.bucketName] },
          object: { key: [{ prefix: prefixes.imports }] },
        },
      },
      targets: [
        new SfnStateMachine(props.machine.stateMachine, {
          input: events.RuleTargetInput.fromObject({
            key: events.EventField.fromPath('$.detail.object.key'),
          }),
          maxEventAge: Duration.hours(6),
          retryAttempts: 20,
        }),
      ],
    });
  }
}
