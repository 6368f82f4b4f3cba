// @ts-check
// A chart as a file: SVG as plotly writes it, PNG painted from that. Both carry their title, legend and background, so that they can stand in a ticket.

const scale = 2;
const headHeight = 34;
const legendHeight = 26;

/** @param {Blob} blob @param {string} name */
function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The picture that is shown, with title and legend. @param {any} plotly @param {any} plot @param {string} title @param {import('./theme.js').Palette} palette @returns {Promise<{ svg: string, width: number, height: number }>} */
async function svgOf(plotly, plot, title, palette) {
  const [width, height] = [Math.max(480, plot.clientWidth), plot.clientHeight + headHeight + legendHeight];
  const layout = {
    ...plot.layout, width, height, autosize: false, paper_bgcolor: palette.surface, plot_bgcolor: palette.surface, margin: { ...plot.layout.margin, t: plot.layout.margin.t + headHeight, b: plot.layout.margin.b + legendHeight },
    title: { text: title, x: 0, xanchor: 'left', xref: 'container', pad: { l: 12, t: 12 }, y: 1, yanchor: 'top', font: { family: palette.sans, size: 14, color: palette.text } },
    showlegend: true, legend: { orientation: 'h', x: 0, xanchor: 'left', y: 0, yref: 'container', yanchor: 'bottom', traceorder: 'reversed', font: { family: palette.sans, size: 11, color: palette.text } },
  };
  const data = plot.data.map((/** @type {any} */ trace) => ({ ...trace, showlegend: Boolean(trace.name) && trace.hoverinfo !== 'skip' }));
  const url = await plotly.toImage({ data, layout, config: { staticPlot: true, plotlyServerURL: '' } }, { format: 'svg', width, height });
  return { svg: decodeURIComponent(url.slice(url.indexOf(',') + 1)), width, height };
}

/** @param {string} svg @param {number} width @param {number} height @returns {Promise<Blob>} */
async function paint(svg, width, height) {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = () => reject(new Error('the picture could not be painted'));
      image.src = url;
    });
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [width * scale, height * scale];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.scale(scale, scale);
    context.drawImage(image, 0, 0, width, height);
    return await new Promise((resolve, reject) => canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('the picture could not be painted'))), 'image/png'));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * Downloads what a chart shows.
 * @param {any} plotly @param {any} plot the element that plotly fills @param {'svg' | 'png'} format @param {string} name of the file, without its ending @param {string} title @param {import('./theme.js').Palette} palette
 */
export async function saveChart(plotly, plot, format, name, title, palette) {
  const { svg, width, height } = await svgOf(plotly, plot, title, palette);
  download(format === 'png' ? await paint(svg, width, height) : new Blob([svg], { type: 'image/svg+xml' }), `${name}.${format}`);
}
