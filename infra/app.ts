import { EnvironmentError, parseEnvironment } from './environments.ts';
import { addSystem, bundleFunctions, createApp } from './system.ts';

// Started by the CDK CLI, or by itself with CDK_OUTDIR and CDK_CONTEXT_JSON; context `environment` has no default.
const app = createApp();
try {
  const settings = parseEnvironment(app.node.tryGetContext('environment'));
  // In the output folder, which whoever interrupts a synthesis throws away.
  const bundles = await bundleFunctions({ parent: app.outdir, kept: settings.name === 'local' });
  try {
    addSystem(app, settings, bundles);
  } finally {
    bundles.remove();
  }
  app.synth();
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  console.error(`The environment cannot be synthesized:\n${error.message}`);
  process.exit(1);
}
