namespace MemScope.Core.Formats;

/// <summary>One input format: how to recognise it and how to read it. Add one by a folder here, a line in <see cref="InputFormats.All"/>, fixtures and a page in docs/formats.</summary>
/// <param name="Slug">Stable name on the wire: <c>smaps</c>.</param>
/// <param name="Title">For people: <c>/proc/PID/smaps</c>.</param>
/// <param name="Command">The command that makes such a file, for help texts.</param>
/// <param name="Sniff">Whether the first 64 KiB look like it. Must not throw.</param>
/// <param name="Parse">Reads a decoded file to its end. Must not throw on any input; what <see cref="CaptureText"/> throws it lets through.</param>
public sealed record InputFormat(string Slug, string Title, string Command, SniffFormat Sniff, ParseFormat Parse)
{
    private readonly Lazy<string> _sample = new(() => ReadSample(Slug));

    /// <summary>What such a file gives.</summary>
    public FormatFamily Family { get; init; }

    /// <summary>Some real lines, by which people would recognise the format; of a binary one, what it is. They lie beside the parser: <c>SLUG.sample.txt</c>.</summary>
    public string Sample => _sample.Value;

    private static string ReadSample(string slug)
    {
        using var text = typeof(InputFormat).Assembly.GetManifestResourceStream(slug + ".sample.txt");
        return text is null ? "" : new StreamReader(text).ReadToEnd();
    }
}

/// <summary>What a format gives: the groups in which formats are shown.</summary>
public enum FormatFamily : byte
{
    /// <summary>Address spaces: regions over time.</summary>
    Snapshots,
    /// <summary>Calls that map memory, with stacks.</summary>
    Traces,
    /// <summary>Live bytes by callchain.</summary>
    HeapProfiles,
    /// <summary>Named figures of a process, a cgroup, an allocator, a GPU.</summary>
    Figures,
    /// <summary>Names for addresses.</summary>
    Symbols,
}

/// <summary>Looks at the beginning of a decoded file.</summary>
public delegate bool SniffFormat(ReadOnlySpan<byte> head);

/// <summary>Reads a decoded file.</summary>
public delegate ParsedCapture ParseFormat(CaptureText file, ParseOptions options);
