namespace MemScope.Tests;

/// <summary>Series with a seed, in bytes over irregular seconds: what processes do, healthy ones and leaks.</summary>
internal static class MadeSeries
{
    private const double MiB = 1024 * 1024;

    /// <summary>Healthy ones by name. A random walk is among them: it may rise for long, but nothing says that it goes on.</summary>
    public static IReadOnlyDictionary<string, Func<Random, double[], double[]>> Healthy { get; } = new Dictionary<string, Func<Random, double[], double[]>>
    {
        ["noise about a level"] = (r, t) => Each(t, _ => 100 + (3 * Gauss(r))),
        ["random walk"] = (r, t) => Sum(t, 300, _ => Gauss(r)),
        ["noise that remembers"] = (r, t) => Remembering(t, _ => 100, () => Gauss(r), 0.9),
        ["collector's sawtooth"] = Collector,
        ["saturating warm-up"] = (r, t) =>
        {
            var (constant, noise) = (t[^1] * (0.03 + (0.45 * r.NextDouble())), 0.5 * r.NextDouble());
            return Each(t, x => 20 + (100 * (1 - Math.Exp(-x / constant))) + (noise * Gauss(r)));
        },
        ["a few steps"] = (r, t) => Steps(r, t, 1 + r.Next(4)),
        ["day and night"] = (r, t) =>
        {
            var (phase, period) = (r.NextDouble() * 2 * Math.PI, t[^1] * (0.3 + (0.4 * r.NextDouble())));
            return Each(t, x => 100 + (20 * Math.Sin(phase + (2 * Math.PI * x / period))) + Gauss(r));
        },
        ["one spike"] = (r, t) =>
        {
            var at = t[r.Next(t.Length)];
            return Each(t, x => 100 + (x.Equals(at) ? 80 : 0) + (0.2 * Gauss(r)));
        },
        ["ever slower"] = (r, t) =>
        {
            var constant = t[^1] * (0.02 + (0.08 * r.NextDouble()));
            return Each(t, x => 20 + (30 * Math.Log(1 + (x / constant))) + (0.3 * Gauss(r)));
        },
    };

    /// <summary>Leaks of 1 MiB per snapshot on average.</summary>
    public static IReadOnlyDictionary<string, Func<Random, double[], double[]>> Leaks { get; } = new Dictionary<string, Func<Random, double[], double[]>>
    {
        ["a clean line"] = (_, t) => Each(t, x => 100 + x),
        ["noise of half a snapshot's growth"] = (r, t) => Each(t, x => 100 + x + (0.5 * Gauss(r))),
        ["noise of two snapshots' growth"] = (r, t) => Each(t, x => 100 + x + (2 * Gauss(r))),
        ["noise of five snapshots' growth"] = (r, t) => Each(t, x => 100 + x + (5 * Gauss(r))),
        ["noise that remembers"] = (r, t) => Remembering(t, x => 100 + x, () => 0.6 * Gauss(r), 0.8),
        ["behind a warm-up"] = (r, t) => Each(t, x => 100 + (60 * (1 - Math.Exp(-x / 3))) + x + (0.3 * Gauss(r))),
        ["with pauses between snapshots"] = (r, t) =>
        {
            for (var i = 0; i < t.Length; i++) t[i] += (i > 12 ? 200 : 0) + (i > 40 ? 500 : 0);
            return Each(t, x => 100 + x + (0.5 * Gauss(r)));
        },
        ["in bursts"] = (r, t) => Sum(t, 100, _ => r.NextDouble() < 0.3 ? 1 / 0.3 : 0),
        ["with one outlier"] = (r, t) =>
        {
            var at = t[r.Next(5, t.Length - 1)];
            return Each(t, x => 100 + x + (x.Equals(at) ? 200 : 0) + (0.2 * Gauss(r)));
        },
    };

    /// <summary>Irregular seconds from 0 on, one apart on average.</summary>
    public static double[] Seconds(Random random, int count)
    {
        var at = 0.0;
        return [.. Enumerable.Range(0, count).Select(i => i == 0 ? 0 : at += 0.5 + random.NextDouble())];
    }

    private static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double[] Each(double[] t, Func<double, double> megabytes) => [.. t.Select(x => Math.Max(1, megabytes(x)) * MiB)];

    private static double[] Sum(double[] t, double level, Func<double, double> step) => Each(t, x => level += step(x));

    private static double[] Remembering(double[] t, Func<double, double> megabytes, Func<double> noise, double share)
    {
        var off = 0.0;
        return Each(t, x => megabytes(x) + (off = (share * off) + noise()));
    }

    private static double[] Steps(Random random, double[] t, int count)
    {
        double[] at = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() * t[^1])];
        return Each(t, x => 20 + (15 * at.Count(a => a < x)) + (0.1 * Gauss(random)));
    }

    private static double[] Collector(Random random, double[] t)
    {
        var (live, most) = (0.0, 20 + (30 * random.NextDouble()));
        var rate = most / (5 + (20 * random.NextDouble()));
        return Each(t, _ => 100 + (live = (live += rate * (0.7 + (0.6 * random.NextDouble()))) > most ? 3 * random.NextDouble() : live));
    }
}
