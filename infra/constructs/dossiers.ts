import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { makingSeconds } from '../../functions/filing/dossiers/dossier.ts';
import { type DocumentsBucket, prefixes } from './documents-bucket.ts';
import type { ServiceFunction } from './service-function.ts';

export interface DossiersProps {
  readonly documents: DocumentsBucket;
  /** Makes the dossier that an object asks for. */
  readonly maker: ServiceFunction;
}

/** Has every dossier made that is asked for. What fails for good is asked for again by whoever still wants it. */
export class Dossiers extends Construct {
  constructor(scope: Construct, id: string, props: DossiersProps) {
    super(scope, id);
    new events.Rule(this, 'Requested', {
      description: 'Makes dossiers that were asked for',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [props.documents.bucket.bucketName] },
          object: { key: [{ prefix: prefixes.dossierRequests }] },
        },
      },
      targets: [new LambdaFunction(props.maker.function, { maxEventAge: Duration.seconds(makingSeconds) })],
    });
  }
}
