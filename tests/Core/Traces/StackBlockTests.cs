using System.Text;
using MemScope.Core.Formats.Traces;

namespace MemScope.Tests.Traces;

public sealed class StackBlockTests
{
    [Fact]
    public void The_end_of_a_stack_is_found_wherever_it_lies()
    {
        var random = new Random(20_261_121);
        for (var round = 0; round < 20_000; round++)
        {
            // Short lines, so that every place within the bytes that are looked at together occurs.
            var text = new StringBuilder();
            for (var line = random.Next(1, 12); line > 0; line--) text.Append(random.Next(40) == 0 ? 'x' : '\t').Append('a', random.Next(0, 40)).Append('\n');
            if (random.Next(4) > 0) text.Append('\n').Append("\tb\n\n");
            var bytes = Encoding.ASCII.GetBytes(text.ToString());

            Assert.Equal(Plain(text.ToString()), (StackBlock.Measure(bytes, (byte)'\t', out var lines), lines) is (> 0 and var length, var count) ? (length, count) : (0, 0));
        }
    }

    private static (int Length, int Lines) Plain(string text)
    {
        var lines = text.Split('\n');
        var frames = lines.TakeWhile(l => l.StartsWith('\t')).ToArray();
        // Another line must have begun: behind the last newline stands nothing yet.
        var isWhole = frames.Length > 0 && (frames.Length + 1 < lines.Length || lines[^1].Length > 0);
        return isWhole ? (frames.Sum(f => f.Length + 1), frames.Length) : (0, 0);
    }
}
