import { createDocuments, type Documents, type DocumentsOptions } from '../documents/create-documents.ts';
import { documentDatabase, forgetOnDevice } from '../documents/device-databases.ts';
import { deviceProvider } from '../documents/providers/device-provider.ts';
import { peersProvider } from '../documents/providers/peers-provider.ts';
import { RelayConnection } from '../documents/providers/relay-provider.ts';

/** This person's documents: on this device, at the relay, and in a call straight between the people in it. */
export function openDocuments(options: DocumentsOptions): Documents {
  const { personId, socketOrigin, socketTicket } = options;
  const chance = options.random ? { random: options.random } : {};
  const relay = new RelayConnection({
    url: `${socketOrigin}/sockets/documents`,
    ticket: () => socketTicket({ purpose: 'documents' }),
    ...(options.WebSocket ? { WebSocket: options.WebSocket } : {}),
    ...chance,
  });
  const databaseName = (name: string): string => documentDatabase(personId, name);
  const withPeers = options.peers ?? typeof RTCPeerConnection !== 'undefined';
  return createDocuments({
    personId,
    places: {
      always: [deviceProvider(databaseName), relay.provider],
      inCall: ({ sessionId, callId, iceServers = [] }) =>
        withPeers
          ? peersProvider({
              url: `${socketOrigin}/sockets/y-webrtc`,
              ticket: () => socketTicket({ purpose: 'y-webrtc', sessionId, callId }),
              iceServers,
              ...chance,
            })
          : undefined,
      retry: () => relay.retry(),
      forget: (name) => forgetOnDevice(databaseName(name)),
      destroy: () => relay.destroy(),
    },
  });
}
