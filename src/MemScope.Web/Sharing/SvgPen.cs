using System.Globalization;
using System.Text;
using System.Xml;
using MemScope.Web.Components;

namespace MemScope.Web.Sharing;

/// <summary>Writes a stand-alone SVG file: shapes and words with their colours as attributes. Whatever it is given is text; it knows no script, no link, no font and no picture from elsewhere.</summary>
internal sealed class SvgPen : IDisposable
{
    /// <summary>Faces that the reader's machine may have; nothing is fetched.</summary>
    private const string Face = "Inter, 'Segoe UI', system-ui, sans-serif";

    private readonly StringBuilder _file = new();
    private readonly XmlWriter _xml;

    /// <summary>Begins a file of fixed size.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="title">What a screen reader calls it.</param>
    /// <param name="words">What it shows, in words.</param>
    public SvgPen(double width, double height, string title, string words)
    {
        _xml = XmlWriter.Create(_file, new XmlWriterSettings { OmitXmlDeclaration = true, ConformanceLevel = ConformanceLevel.Document });
        Begin("svg", ("width", N(width)), ("height", N(height)), ("viewBox", $"0 0 {N(width)} {N(height)}"), ("role", "img"), ("font-family", Face));
        _xml.WriteElementString("title", Namespace, Clean(title));
        _xml.WriteElementString("desc", Namespace, Clean(words));
        Rect(0, 0, width, height, "#FFFFFF");
    }

    private const string Namespace = "http://www.w3.org/2000/svg";

    /// <summary>A filled rectangle.</summary>
    public void Rect(double x, double y, double width, double height, string fill, double radius = 0) =>
        Shape("rect", ("x", N(x)), ("y", N(y)), ("width", N(width)), ("height", N(height)), ("rx", radius > 0 ? N(radius) : null), ("fill", fill));

    /// <summary>A straight line of a pixel.</summary>
    public void Line(double x1, double y1, double x2, double y2, string stroke) => Shape("line", ("x1", N(x1)), ("y1", N(y1)), ("x2", N(x2)), ("y2", N(y2)), ("stroke", stroke));

    /// <summary>A dot.</summary>
    public void Dot(double x, double y, double radius, string fill) => Shape("circle", ("cx", N(x)), ("cy", N(y)), ("r", N(radius)), ("fill", fill));

    /// <summary>A filled area with a thin white edge.</summary>
    public void Area(string path, string fill) => Shape("path", ("d", path), ("fill", fill), ("stroke", "#FFFFFF"), ("stroke-width", "1"));

    /// <summary>A line through points.</summary>
    public void Polyline(string points, string stroke, double width, string? dashes = null) =>
        Shape("polyline", ("points", points), ("fill", "none"), ("stroke", stroke), ("stroke-width", N(width)), ("stroke-linejoin", "round"), ("stroke-dasharray", dashes));

    /// <summary>Words and, behind them, others of a lighter kind: they follow the first, however wide those are drawn.</summary>
    public void Pair(double x, double y, (string Text, double Size, string Fill, int Weight) first, (string Text, double Size, string Fill) second)
    {
        Begin("text", ("x", N(x)), ("y", N(y)));
        foreach (var (text, size, fill, weight, dx) in new[] { (first.Text, first.Size, first.Fill, first.Weight, 0), (second.Text, second.Size, second.Fill, 400, 6) })
        {
            Begin("tspan", ("dx", dx > 0 ? N(dx) : null), ("font-size", N(size)), ("font-weight", weight == 400 ? null : weight.ToString(CultureInfo.InvariantCulture)), ("fill", fill));
            _xml.WriteString(Clean(text));
            _xml.WriteEndElement();
        }
        _xml.WriteEndElement();
    }

    /// <summary>Words.</summary>
    public void Text(double x, double y, string text, double size, string fill, int weight = 400, string anchor = "start")
    {
        Begin("text", ("x", N(x)), ("y", N(y)), ("font-size", N(size)), ("font-weight", weight == 400 ? null : weight.ToString(CultureInfo.InvariantCulture)), ("fill", fill), ("text-anchor", anchor == "start" ? null : anchor));
        _xml.WriteString(Clean(text));
        _xml.WriteEndElement();
    }

    /// <summary>As wide as a text is drawn at most, pixels, in the widest of the faces that may stand in: none is measured here.</summary>
    public static double Width(string text, double size) => text.Sum(c => c is 'i' or 'l' or 'j' or '.' or ',' or ' ' or ':' or '\'' or '’' ? 0.38 : c is 'm' or 'w' or 'M' or 'W' or '→' ? 0.98 : char.IsUpper(c) ? 0.76 : c > '\u2e80' ? 1.05 : 0.66) * size;

    /// <summary>A text cut to a width, with the mark that it was cut.</summary>
    public static string Cut(string text, double size, double width)
    {
        if (Width(text, size) <= width) return text;
        var end = text.Length;
        while (end > 1 && Width(text[..end], size) + size > width) end--;
        return text[..end].TrimEnd() + "…";
    }

    /// <summary>The file.</summary>
    public string End()
    {
        _xml.WriteEndElement();
        _xml.Flush();
        return _file.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _xml.Dispose();

    private void Shape(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Begin(name, attributes);
        _xml.WriteEndElement();
    }

    private void Begin(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _xml.WriteStartElement(name, Namespace);
        foreach (var (key, value) in attributes) if (value is not null) _xml.WriteAttributeString(key, value);
    }

    private static string N(double value) => Format.Svg(value);

    // Half a character and what XML has no place for would end the file in the middle.
    private static string Clean(string text) => SafeText.Line(text);
}
