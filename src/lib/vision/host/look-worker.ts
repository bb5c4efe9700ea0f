import { openEngine } from '../tracker-registry.ts';
import type { LookReply, LookRequest } from './vision-messages.ts';
import { VisionService } from './vision-service.ts';
import { warmEngine } from './warm-engine.ts';
import { makeBreathe } from './breathe.ts';

/** The worker that looks at frames. The first message is the way to the one that reads them. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<MessagePort>) => void) | null;
}

const scope = self as unknown as WorkerScope;

function begin(reader: MessagePort): void {
  const breathe = makeBreathe();
  const service = new VisionService({
    post: (reply: LookReply) => reader.postMessage(reply),
    openEngine: async (name, modelsUrl) => {
      const opened = await openEngine(name, modelsUrl);
      await warmEngine(opened.engine, breathe);
      return opened;
    },
    nowMs: () => performance.now(),
    breathe,
    report: reportError,
  });
  reader.onmessage = ({ data }: MessageEvent<LookRequest>) => service.handle(data);
}

scope.onmessage = ({ data }) => begin(data);
