// Pictures as cameras and editors leave them, as far as their parts go: nothing in them can be decoded.

/** What a photo tells besides what it shows. */
export const photoSecrets = ['52.5200N 13.4050E', 'Owner Ada', 'preview of the home', 'serial 4711'];

const text = (words: string): number[] => [...Buffer.from(words, 'latin1')];

const part = (kind: number, ...data: number[]): number[] => [
  0xff,
  kind,
  (data.length + 2) >> 8,
  (data.length + 2) & 0xff,
  ...data,
];

/** A JPEG of a telephone: Exif with place and preview, XMP, further pictures behind the end. */
export function photo({
  orientation,
  littleEndian = false,
}: {
  orientation: number;
  littleEndian?: boolean;
}): Uint8Array<ArrayBuffer> {
  const short = (value: number): number[] =>
    littleEndian ? [value & 0xff, value >> 8] : [value >> 8, value & 0xff];
  const long = (value: number): number[] =>
    littleEndian ? [...short(value), 0, 0] : [0, 0, ...short(value)];
  const entry = (tag: number, value: number): number[] => [
    ...short(tag),
    ...short(3),
    ...long(1),
    ...short(value),
    0,
    0,
  ];
  const [place = '', owner = '', preview = '', serial = ''] = photoSecrets;
  const tiff = [
    ...text(littleEndian ? 'II' : 'MM'),
    ...short(0x2a),
    ...long(8),
    ...short(2),
    ...entry(0x0101, 720),
    ...entry(0x0112, orientation),
    ...long(0),
    ...text(place),
    ...text(preview),
  ];
  return Uint8Array.from([
    0xff,
    0xd8,
    ...part(0xe0, ...text('JFIF\0'), 1, 2),
    ...part(0xe1, ...text('Exif\0\0'), ...tiff),
    ...part(0xe1, ...text(`http://ns.adobe.com/xap/1.0/\0${owner}`)),
    ...part(0xe2, ...text(`MPF\0${serial}`)),
    ...part(0xe2, ...text('ICC_PROFILE\0colours')),
    ...part(0xed, ...text(`Photoshop 3.0\0${owner}`)),
    ...part(0xee, ...text('Adobe'), 1),
    ...part(0xfe, ...text(serial)),
    ...part(0xdb, ...text('tables')),
    // Its size: 640 × 480, one component.
    ...part(0xc0, 8, 0x01, 0xe0, 0x02, 0x80, 1, 1, 0x11, 0),
    ...part(0xda, 1, 2, 3),
    ...text('pixels\xff\0pixels\xff\xd0more'),
    ...part(0xfe, ...text(owner)),
    ...part(0xda, 1, 2, 3),
    ...text('pixels'),
    0xff,
    0xd9,
    0xff,
    0xd8,
    ...part(0xe1, ...text('Exif\0\0'), ...tiff),
  ]);
}

const pngPart = (name: string, data: string): number[] => [
  0,
  0,
  0,
  data.length,
  ...text(name),
  ...text(data),
  1,
  2,
  3,
  4,
];

export const pngWithWords = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...text('\x89PNG\r\n\x1a\n'),
    ...pngPart('IHDR', 'size'),
    ...pngPart('gAMA', 'g'),
    ...pngPart('tEXt', 'Author\0Ada at home'),
    ...pngPart('eXIf', 'MM\0*'),
    ...pngPart('IDAT', 'pixels'),
    ...pngPart('tIME', 'today'),
    ...pngPart('IEND', ''),
    ...text('behind'),
  ]);

export function webpWithPlace(): Uint8Array<ArrayBuffer> {
  const chunk = (name: string, data: number[]): number[] => [
    ...text(name),
    data.length,
    0,
    0,
    0,
    ...data,
    ...(data.length % 2 ? [0] : []),
  ];
  const chunks = [
    ...chunk('VP8X', [0x1c, 0, 0, 0, 1, 0, 0, 1, 0, 0]),
    ...chunk('VP8 ', text('VP8 pixels!')),
    ...chunk('EXIF', text('52.5200N')),
    ...chunk('XMP ', text('52.5N')),
  ];
  return Uint8Array.from([...text('RIFF'), chunks.length + 4, 0, 0, 0, ...text('WEBP'), ...chunks]);
}
