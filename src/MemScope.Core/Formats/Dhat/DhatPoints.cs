using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Dhat;

/// <summary>What DHAT counts at one place of a program (a "program point"). Bytes and blocks.</summary>
/// <param name="TotalBytes"><c>tb</c>: allocated in all.</param>
/// <param name="TotalBlocks"><c>tbk</c>.</param>
/// <param name="PeakBytes"><c>gb</c>: live when the whole heap was largest; null where lifetimes are not recorded.</param>
/// <param name="EndBytes"><c>eb</c>: live at the end.</param>
/// <param name="EndBlocks"><c>ebk</c>.</param>
/// <param name="FirstFrame">Where its frames begin in <see cref="DhatPoints.Frames"/>.</param>
/// <param name="Frames">How many they are.</param>
internal readonly record struct DhatPoint(long TotalBytes, long TotalBlocks, long? PeakBytes, long? EndBytes, long? EndBlocks, int FirstFrame, int Frames);

/// <summary>The points of a file and the numbers of their frames, whose names stand at the file's end.</summary>
internal sealed class DhatPoints
{
    /// <summary>The points in the order of the file.</summary>
    public List<DhatPoint> All { get; } = [];

    /// <summary>Numbers of frames of all points, leaf first.</summary>
    public List<int> Frames { get; } = [];

    /// <summary>Reads the array <c>pps</c>.</summary>
    public void Read(ref JsonStream json)
    {
        if (json.Type != System.Text.Json.JsonTokenType.StartArray) return;
        while (json.NextElement())
        {
            if (json.Type == System.Text.Json.JsonTokenType.StartObject) ReadPoint(ref json);
            else json.Skip();
        }
    }

    private void ReadPoint(ref JsonStream json)
    {
        var first = Frames.Count;
        long total = 0, blocks = 0;
        long? peak = null, end = null, endBlocks = null;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("fs"u8)) ReadFrames(ref json);
            else if (!json.TryLong(out var number)) json.Skip();
            else if (name.SequenceEqual("tb"u8)) total = number;
            else if (name.SequenceEqual("tbk"u8)) blocks = number;
            else if (name.SequenceEqual("gb"u8)) peak = number;
            else if (name.SequenceEqual("eb"u8)) end = number;
            else if (name.SequenceEqual("ebk"u8)) endBlocks = number;
        }
        // A point that is cut off has numbers that are missing.
        if (json.Fault is null) All.Add(new DhatPoint(total, blocks, peak, end, endBlocks, first, Frames.Count - first));
    }

    private void ReadFrames(ref JsonStream json)
    {
        if (json.Type != System.Text.Json.JsonTokenType.StartArray) return;
        while (json.NextElement())
        {
            if (json.TryLong(out var id) && id is >= 0 and <= int.MaxValue) Frames.Add((int)id);
            else json.Skip();
        }
    }
}
