import { isUsableFrame } from '../picture/picture.ts';
import type { TrackerEngine } from '../object-tracker.ts';
import { openEngine } from '../tracker-registry.ts';
import type { TrackerReply, TrackerRequest } from './messages.ts';

/** The tracker's worker: one engine, messages in the order in which they come. */
interface WorkerScope {
  postMessage(message: TrackerReply): void;
  onmessage: ((event: MessageEvent<TrackerRequest>) => void) | null;
}

const scope = self as unknown as WorkerScope;
let engine: TrackerEngine | undefined;

const reply = (message: TrackerReply): void => scope.postMessage(message);

async function open(request: Extract<TrackerRequest, { kind: 'open' }>): Promise<void> {
  const opened = await openEngine(request.tracker, request.modelsUrl);
  engine = opened.engine;
  reply({ kind: 'opened', model: opened.model });
}

async function handle(request: TrackerRequest): Promise<void> {
  if (request.kind === 'open') {
    await open(request);
  } else if (request.kind === 'stop') {
    engine?.stop(request.id);
  } else if (request.kind === 'start') {
    const outcome = (await engine?.start(request.frame, request.box, request.since)) ?? {
      ok: false as const,
      reason: 'stopped' as const,
    };
    reply({ kind: 'started', call: request.call, outcome });
  } else {
    const { call, frame } = request;
    const beganMs = performance.now();
    const objects = engine && isUsableFrame(frame) ? await engine.update(frame) : undefined;
    const workMs = performance.now() - beganMs;
    reply({ kind: 'updated', call, objects, workMs });
  }
}

let ended: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }) => {
  // A rejection alone would not reach the page: it has to know that this worker is of no use any more.
  ended = ended.then(() => handle(data)).catch(reportError);
};
