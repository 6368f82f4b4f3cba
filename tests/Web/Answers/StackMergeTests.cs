using MemScope.Web.Answers;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Answers;

/// <summary>Callchains of several traces that are the same code are one.</summary>
public sealed class StackMergeTests
{
    private static readonly FrameWire Main = At("libapp.so", "100", "main");

    [Fact]
    public void Two_tools_that_name_one_call_differently_saw_one_callchain()
    {
        var answer = Merged([At("/usr/lib/libc.so.6", "1019b3", "__mmap"), Main], [At("libc.so.6", "1019b3", "__mmap64"), Main], [At("libc.so.6", "1019b3", null), Main]);

        Assert.Equal(1, answer.Samples.Count);
        Assert.Equal(3, answer.Figures[0].Calls);
        Assert.Equal("__mmap", answer.Frames[answer.Samples.FramesOf(0)[0]].Function);
    }

    [Fact]
    public void A_name_that_a_later_trace_knows_stands_for_the_call() =>
        Assert.Equal("grow", Merged([At("libapp.so", "10", null)], [At("libapp.so", "10", "grow")]).Frames[0].Function);

    [Fact]
    public void Two_calls_of_one_function_from_different_places_stay_apart() =>
        Assert.Equal(2, Merged([At("libapp.so", "10", "grow"), Main], [At("libapp.so", "20", "grow"), Main]).Samples.Count);

    [Fact]
    public void What_is_inlined_at_one_address_is_told_apart_by_its_name() =>
        Assert.Equal(2, Merged([At("libapp.so", "10", "push") with { Inlined = true }, Main], [At("libapp.so", "10", "pop") with { Inlined = true }, Main]).Samples.Count);

    [Fact]
    public void Without_an_address_the_function_has_to_do()
    {
        var answer = Merged([At(null, null, "read")], [At(null, null, "write")], [At(null, null, "read")], [At("[kernel]", null, "a")], [At("[kernel]", null, "b")]);
        Assert.Equal(4, answer.Samples.Count);
        Assert.Equal(2, answer.Figures[0].Calls);
    }

    [Fact]
    public void A_frame_before_a_gap_is_another_than_one_without() =>
        Assert.Equal(2, Merged([At("libc.so.6", "10", "syscall") with { GapAfter = true }, Main], [At("libc.so.6", "10", "syscall"), Main]).Samples.Count);

    [Fact]
    public void The_heaviest_stand_first_and_frames_that_no_chain_has_are_left_out()
    {
        var named = Named([At("a", "1", "light")], [At("a", "2", "heavy")], [At("a", "3", "unused")]);
        var merge = new StackMerge();
        var numbers = StackMerge.Begin(named);
        merge.Add(named, numbers, 0, new ChainFigures(10, 10, 1, null));
        merge.Add(named, numbers, 1, new ChainFigures(30, 30, 1, 20));
        merge.Add(named, numbers, -1, new ChainFigures(20, 90, 1, null));
        var answer = merge.Ranked(CallchainWeight.Outstanding, false, Head);

        Assert.Equal(60, answer.Head.TotalBytes);
        Assert.Equal([30L, 20, 10], Enumerable.Range(0, 3).Select(answer.Samples.WeightOf));
        Assert.Equal(0, answer.Samples.FramesOf(1).Length);
        Assert.DoesNotContain(answer.Frames, f => f.Function == "unused");
        Assert.Equal(90, merge.Ranked(CallchainWeight.Mapped, false, Head).Samples.WeightOf(0));
    }

    [Fact]
    public void What_an_answer_has_no_room_for_is_told_in_sum()
    {
        var answer = Merged([At("a", "1", "x")], [At("a", "2", "y")], [At("a", "2", "y")], [At("a", "3", "z")]);
        var (cut, whole) = (answer.ToWire(1), answer.ToWire(3));

        Assert.Equal(new OmittedCallchainsWire(2, 2), cut.Omitted);
        Assert.Equal(answer.Head.TotalBytes, cut.Items.Sum(i => i.Bytes) + cut.Omitted!.Bytes);
        Assert.Equal("y", Assert.Single(cut.Items).Frames[0].Function);
        Assert.Null(whole.Omitted);
        Assert.Equal(3, whole.Items.Count);
    }

    [Fact]
    public void Deep_stacks_are_bounded_by_their_frames()
    {
        var answer = Merged([At("a", "1", "x"), Main], [At("a", "1", "x"), Main], [At("a", "2", "y"), Main, Main], [At("a", "3", "z")]);
        Assert.Equal(2, answer.ToWire(10, 5).Items.Count);
        Assert.Equal(new OmittedCallchainsWire(3, 4), answer.ToWire(10, 1).Omitted);
        Assert.Null(answer.ToWire(10, 6).Omitted);
    }

    [Fact]
    public void Of_a_comparison_what_differs_most_is_kept_whichever_way_and_what_grew_most_stands_first()
    {
        var named = Named([At("a", "1", "grew")], [At("a", "2", "shrank")], [At("a", "3", "same")]);
        var merge = new StackMerge();
        var numbers = StackMerge.Begin(named);
        foreach (var (chain, now, before) in ((int, long, long)[])[(0, 30, 10), (1, 5, 90), (2, 50, 50)])
        {
            merge.Add(named, numbers, chain, new ChainFigures(now, 0, 0, null));
            merge.Add(named, numbers, chain, new ChainFigures(before, 0, 0, null), isBase: true);
        }
        var answer = merge.Ranked(CallchainWeight.Outstanding, true, Head with { Base = Guid.NewGuid() });
        Assert.Equal(-65, answer.Head.TotalBytes);
        Assert.Equal([("grew", 20L, (long?)10), ("same", 0, 50), ("shrank", -85, 90)], answer.ToWire(3).Items.Select(i => (i.Frames[0].Function!, i.Bytes, i.BaseBytes)));
        Assert.Equal(["grew", "shrank"], answer.ToWire(2).Items.Select(i => i.Frames[0].Function!));
    }

    private static CallchainsWire Head => new("outstanding", 0, null, new Dictionary<string, long>(), []);

    private static FrameWire At(string? module, string? offset, string? function) => new(function, null, null, module, null, offset, false, null);

    private static StackAnswer Merged(params FrameWire[][] traces)
    {
        var merge = new StackMerge();
        foreach (var chain in traces)
        {
            var named = Named(chain);
            merge.Add(named, StackMerge.Begin(named), 0, new ChainFigures(1, 1, 1, null));
        }
        return merge.Ranked(CallchainWeight.Outstanding, false, Head);
    }

    private static NamedStacks Named(params FrameWire[][] chains)
    {
        var named = new NamedStacks();
        foreach (var chain in chains) named.AddChain(Array.ConvertAll(chain, named.AddFrame));
        return named;
    }
}
