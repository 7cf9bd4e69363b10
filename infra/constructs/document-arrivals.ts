import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type DocumentsBucket, prefixes } from './documents-bucket.ts';
import type { ServiceFunction } from './service-function.ts';

export interface DocumentArrivalsProps {
  readonly documents: DocumentsBucket;
  /** Verifies an object that has arrived; keeps failed events in its own dead-letter queue. */
  readonly verifier: ServiceFunction;
}

/** Has every document verified as soon as its upload is complete. */
export class DocumentArrivals extends Construct {
  constructor(scope: Construct, id: string, props: DocumentArrivalsProps) {
    super(scope, id);
    new events.Rule(this, 'ObjectCreated', {
      description: 'Verifies uploaded documents',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [props.documents.bucket.bucketName] },
          object: { key: [{ prefix: prefixes.documents }, { prefix: prefixes.evidence }] },
        },
      },
      targets: [
        new LambdaFunction(props.verifier.function, { maxEventAge: Duration.hours(6), retryAttempts: 20 }),
      ],
    });
  }
}
