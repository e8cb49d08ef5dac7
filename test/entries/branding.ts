// GitHub, "Metadata syntax for GitHub Actions": the colours that `branding` takes, and of its icons those that could be ours.

export const BRANDING_COLOURS = [
  'white',
  'black',
  'yellow',
  'blue',
  'green',
  'orange',
  'red',
  'purple',
  'gray-dark',
];

export const BRANDING_ICONS = [
  ...[
    'activity',
    'airplay',
    'alert-circle',
    'alert-octagon',
    'alert-triangle',
    'anchor',
    'aperture',
    'archive',
  ],
  ...[
    'award',
    'box',
    'check-circle',
    'check-square',
    'clock',
    'cloud',
    'copy',
    'database',
    'disc',
    'download-cloud',
  ],
  ...[
    'hard-drive',
    'layers',
    'life-buoy',
    'lock',
    'package',
    'refresh-cw',
    'rotate-ccw',
    'save',
    'server',
    'shield',
  ],
  ...['sunrise', 'umbrella', 'unlock', 'upload-cloud', 'zap'],
];
