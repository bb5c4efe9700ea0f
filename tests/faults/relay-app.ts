import { assembleApp, type App } from '../../src/lib/app/create-app.ts';
import { tabCallMemory } from '../../src/lib/state/call/call-memory.ts';
import { createMemoryDeviceStore } from '../../src/lib/storage/memory-store.ts';
import { nodeParts, type NodeAppOptions } from './relay-parts.ts';

export type NodeApp = Omit<App, 'updates'> & { wake(): void; sleep(): void };

/** The app on Node against a relay: real HTTP and sockets, a cookie of its own, stores in memory. */
export function appOn(origin: string, options: NodeAppOptions = {}): NodeApp {
  return assembleApp(nodeParts(origin, options), {
    openDeviceStore: options.openDeviceStore ?? (async () => createMemoryDeviceStore()),
    persist: async () => true,
    callMemory: options.callMemory ?? tabCallMemory(undefined),
  });
}
