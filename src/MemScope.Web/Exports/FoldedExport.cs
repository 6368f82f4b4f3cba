using System.Buffers;
using System.Buffers.Text;
using System.Text;
using MemScope.Web.Answers;

namespace MemScope.Web.Exports;

/// <summary>
/// Folded stacks, root first: <c>main;serve_request;blob_store_append 98304</c> (flamegraph.pl). A comparison has two weights, base and now, as difffolded.pl writes them.
/// </summary>
internal static class FoldedExport
{
    /// <summary>Writes all chains that weigh something, heaviest first.</summary>
    public static async Task WriteAsync(StackAnswer answer, Stream to, CancellationToken cancel)
    {
        var names = new byte[answer.Frames.Count][];
        for (var i = 0; i < names.Length; i++) names[i] = Encoding.UTF8.GetBytes(ExportedNames.Folded(answer.Frames[i]));
        var isComparison = answer.IsComparison;
        var stream = new ExportStream(to);
        for (var chain = 0; chain < answer.Samples.Count; chain++)
        {
            var (now, before) = (answer.Samples.WeightOf(chain), answer.Samples.BaseOf(chain));
            if (now == 0 && before == 0) continue;
            WriteChain(stream.Buffer, answer.Samples.FramesOf(chain), names);
            if (isComparison) WriteNumber(stream.Buffer, before);
            WriteNumber(stream.Buffer, now);
            stream.Buffer.Write("\n"u8);
            await stream.PassAsync(cancel);
        }
        await stream.FlushAsync(cancel);
    }

    private static void WriteChain(IBufferWriter<byte> to, ReadOnlySpan<int> frames, byte[][] names)
    {
        if (frames.IsEmpty) to.Write("[no stack]"u8);
        for (var i = frames.Length - 1; i >= 0; i--)
        {
            to.Write(names[frames[i]]);
            if (i > 0) to.Write(";"u8);
        }
    }

    private static void WriteNumber(IBufferWriter<byte> to, long value)
    {
        var span = to.GetSpan(24);
        span[0] = (byte)' ';
        Utf8Formatter.TryFormat(value, span[1..], out var written);
        to.Advance(written + 1);
    }
}
