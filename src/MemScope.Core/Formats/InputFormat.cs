namespace MemScope.Core.Formats;

/// <summary>One input format: how to recognise it and how to read it. Add one by a folder here, a line in <see cref="InputFormats.All"/>, fixtures and a page in docs/formats.</summary>
/// <param name="Slug">Stable name on the wire: <c>smaps</c>.</param>
/// <param name="Title">For people: <c>/proc/PID/smaps</c>.</param>
/// <param name="Command">The command that makes such a file, for help texts.</param>
/// <param name="Sniff">Whether the first 64 KiB look like it. Must not throw.</param>
/// <param name="Parse">Reads a decoded file to its end. Must not throw on any input; what <see cref="CaptureText"/> throws it lets through.</param>
public sealed record InputFormat(string Slug, string Title, string Command, SniffFormat Sniff, ParseFormat Parse)
{
    /// <summary>What such a file gives.</summary>
    public FormatFamily Family { get; init; }

    /// <summary>Some real lines, as people would recognise the format by; of a binary one, in words what it is.</summary>
    public string Sample { get; init; } = "";
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
